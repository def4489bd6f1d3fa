import {flags} from '@heroku-cli/command'
import {Args} from '@oclif/core'

import {confirmDowntime} from '../../lib/command/confirm.js'
import {windowFlags} from '../../lib/command/window-flags.js'
import {healthSecrets} from '../../lib/config/health.js'
import {PipelineCommand} from '../../lib/command/pipeline-command.js'
import {openSession} from '../../lib/command/session.js'
import {readUnlessOpen} from '../../lib/recover/unfinished.js'
import {systemClock} from '../../lib/run/clock.js'
import {exitCodesHelp} from '../../lib/command/exit-codes-help.js'
import {shipServices} from '../../lib/ship/make-services.js'
import {readShipFacts} from '../../lib/ship/read-facts.js'
import {Refused} from '../../lib/app/refused.js'
import {refusalReport} from '../../lib/app/report.js'
import {planReport, type ShipReport} from '../../lib/ship/report.js'
import {readRequest} from '../../lib/ship/request.js'
import {ship} from '../../lib/ship/ship.js'

export default class Ship extends PipelineCommand {
  static override args = {
    type: Args.string({
      description: 'process types to ship; without any, web and the types that have a Dockerfile of their own',
    }),
  }
  static override description = `build, push and release the Docker images of an app, and undo it when it fails

${exitCodesHelp}`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --app example-app',
    '<%= config.bin %> <%= command.id %> web worker --app example-app --arg NODE_ENV=production',
    '<%= config.bin %> <%= command.id %> --app example-app --dry-run',
    '<%= config.bin %> <%= command.id %> --app example-app --json | jq .release.version',
    '<%= config.bin %> <%= command.id %> --app example-app --archive web=image.tar',
  ]
  static override flags = {
    // A default for the help would load this class for every --help (libraries.md §1).
    app: flags.app({required: true, defaultHelp: undefined as never}),
    remote: flags.remote(),
    ...windowFlags,
    archive: flags.string({
      description: 'ship an image that is already built, as docker save or skopeo write it; needs no Docker',
      helpValue: 'TYPE=FILE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    arg: flags.string({
      description: 'build argument; the value may hold commas and =',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'context-path': flags.string({
      description: 'build context, instead of the folder of the Dockerfile',
      helpValue: 'FOLDER',
    }),
    confirm: flags.string({description: 'name of the app, instead of being asked for it', helpValue: 'APP'}),
    'dry-run': flags.boolean({description: 'show what would be done and what happens if it fails; change nothing'}),
    'heroku-yml': flags.boolean({
      allowNo: true,
      default: true,
      description: 'refuse when there is a heroku.yml, which this version does not honour (the default), or ignore it',
    }),
    journal: flags.string({description: 'where the journal of the run goes, such as a CI artifact', helpValue: 'FILE'}),
    maintenance: flags.option({
      options: ['auto', 'on', 'off', 'keep'] as const,
      default: 'auto',
      description:
        'auto: for a migration; off: migrate beside a running app; keep: go on although it is on, leave it on',
    })(),
    migrate: flags.string({
      description: 'migration to run on the new release, in a maintenance window',
      helpValue: 'COMMAND',
    }),
    'migrations-path': flags.string({
      description: 'migrate only when these files are not those that the running images were built with',
      helpValue: 'PATH',
    }),
    'no-cache': flags.boolean({description: 'build without the cache'}),
    recursive: flags.boolean({char: 'R', description: 'look for Dockerfile.TYPE in the folders below as well'}),
    'require-release': flags.boolean({description: 'exit 5 instead of 0 when there is nothing to ship'}),
    target: flags.string({description: 'stage of the Dockerfile to build', helpValue: 'STAGE'}),
  }
  static override strict = false
  protected override readonly verb = 'ship'

  async run(): Promise<ShipReport> {
    const {argv, flags} = await this.parse(Ship)
    const {args, problems, request} = readRequest({...flags, types: argv as string[]}, process.cwd())
    this.refuseUsage(problems)
    const {health} = request.window

    const onWait = (text: string): void => session.warn(text)
    const services = await shipServices({
      heroku: this.heroku,
      args,
      clock: systemClock,
      onWait,
      ...(health ? {healthCheck: health.check} : {}),
    })
    const session = openSession({
      command: 'pipeline:ship',
      app: request.app,
      json: this.jsonEnabled(),
      dataDir: this.config.dataDir,
      ...(flags.journal ? {journalFile: flags.journal} : {}),
      secrets: [services.token, ...Object.values(args), ...(health ? healthSecrets(health.check) : [])],
    })
    try {
      const facts = await this.checking(request.app, () =>
        readUnlessOpen({...services, app: request.app, dataDir: this.config.dataDir}, () =>
          readShipFacts(services, request, systemClock),
        ),
      )
      if (flags['dry-run']) return this.answer(planReport(facts))
      if (facts.window && facts.window.maintenance !== 'none') {
        const {name} = facts.app
        const warning = `This takes ${name} down from the release until it is migrated.`
        await confirmDowntime({app: name, confirm: flags.confirm, json: this.jsonEnabled(), warning})
      }

      return this.answer(await ship(facts, request.window, services, session))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return this.answer(refusalReport(request.app, error.reasons))
    } finally {
      await session.end()
    }
  }
}
