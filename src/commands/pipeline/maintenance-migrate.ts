import {flags} from '@heroku-cli/command'
import {Args} from '@oclif/core'

import {Refused} from '../../lib/app/refused.js'
import {refusalReport} from '../../lib/app/report.js'
import {confirmDowntime} from '../../lib/command/confirm.js'
import {healthSecrets} from '../../lib/config/health.js'
import {exitCodesHelp} from '../../lib/command/exit-codes-help.js'
import {PipelineCommand} from '../../lib/command/pipeline-command.js'
import {openSession} from '../../lib/command/session.js'
import {windowFlags} from '../../lib/command/window-flags.js'
import {commandLine} from '../../lib/migrate/command-line.js'
import {windowServices} from '../../lib/migrate/make-services.js'
import {migrateInWindow} from '../../lib/migrate/migrate.js'
import {askWhetherPending} from '../../lib/migrate/pending.js'
import {readMigrateFacts} from '../../lib/migrate/read-facts.js'
import {type MigrateReport, nothingPending, planReport} from '../../lib/migrate/report.js'
import {readWindowRequest} from '../../lib/migrate/request.js'
import {readUnlessOpen} from '../../lib/recover/unfinished.js'
import {systemClock} from '../../lib/run/clock.js'

export default class MaintenanceMigrate extends PipelineCommand {
  static override args = {
    command: Args.string({description: 'the migration, as heroku run takes it'}),
  }
  static override description = `migrate in a maintenance window: workers stopped, database backed up, and all of it as it was afterwards

${exitCodesHelp}`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --app example-app -- rake db:migrate',
    '<%= config.bin %> <%= command.id %> --app example-app --dry-run -- rake db:migrate',
    '<%= config.bin %> <%= command.id %> --app example-app --flush-cache REDIS_URL --health-check /up -- rake db:migrate',
    '<%= config.bin %> <%= command.id %> --app example-app --migrate-check "rake db:abort_if_pending_migrations" -- rake db:migrate',
  ]
  static override flags = {
    // A default for the help would load this class for every --help (libraries.md §1).
    app: flags.app({required: true, defaultHelp: undefined as never}),
    remote: flags.remote(),
    ...windowFlags,
    confirm: flags.string({description: 'name of the app, instead of being asked for it', helpValue: 'APP'}),
    'dry-run': flags.boolean({description: 'show what would be done and what happens if it fails; change nothing'}),
    journal: flags.string({description: 'where the journal of the run goes, such as a CI artifact', helpValue: 'FILE'}),
    maintenance: flags.option({
      options: ['on', 'keep'] as const,
      default: 'on',
      description: 'keep: go on although maintenance is on, and leave it on',
    })(),
    'migrate-check': flags.string({
      description: 'command that exits 0 when no migration is pending; then nothing is done',
      helpValue: 'COMMAND',
    }),
  }
  static override strict = false
  protected override readonly verb = 'migrate'

  async run(): Promise<MigrateReport> {
    const {argv, flags} = await this.parse(MaintenanceMigrate)
    const {problems, request} = readWindowRequest(flags, commandLine(argv as string[]))
    if (argv.length === 0) problems.unshift('say what migrates, after --: -- rake db:migrate')
    this.refuseUsage(problems)

    const onWait = (text: string): void => session.warn(text)
    const services = await windowServices({
      heroku: this.heroku,
      clock: systemClock,
      onWait,
      ...(request.health ? {healthCheck: request.health.check} : {}),
    })
    const session = openSession({
      command: 'pipeline:maintenance-migrate',
      app: request.app,
      json: this.jsonEnabled(),
      dataDir: this.config.dataDir,
      ...(flags.journal ? {journalFile: flags.journal} : {}),
      secrets: [services.token, ...(request.health ? healthSecrets(request.health.check) : [])],
    })
    try {
      const read = await this.checking(request.app, () =>
        readUnlessOpen({...services, app: request.app, dataDir: this.config.dataDir}, () =>
          readMigrateFacts(services, request, session.clock),
        ),
      )
      if (flags['dry-run']) return this.answer(planReport(read))
      const {app} = read.facts
      if (flags['migrate-check']) {
        const command = flags['migrate-check']
        const check = await this.checking('whether a migration is pending', () =>
          askWhetherPending(read.facts, command, {...services, clock: systemClock}),
        )
        if (!check.pending) return this.answer(nothingPending(app.name, check.why))
        session.warn(`A migration may be pending: ${check.why}.`)
      }

      const warning = `This takes ${app.name} down until it is migrated.`
      await confirmDowntime({app: app.name, confirm: flags.confirm, json: this.jsonEnabled(), warning})
      return this.answer(await migrateInWindow(read, request, services, session))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return this.answer(refusalReport(request.app, error.reasons))
    } finally {
      await session.end()
    }
  }
}
