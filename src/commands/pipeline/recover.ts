import {flags} from '@heroku-cli/command'

import {Refused} from '../../lib/app/refused.js'
import {refusalReport} from '../../lib/app/report.js'
import {confirmChange} from '../../lib/command/confirm.js'
import {exitCodesHelp} from '../../lib/command/exit-codes-help.js'
import {PipelineCommand} from '../../lib/command/pipeline-command.js'
import {openSession} from '../../lib/command/session.js'
import {parseScale} from '../../lib/recover/parse-scale.js'
import {putRight} from '../../lib/recover/put-right.js'
import {listReport, type RecoverReport} from '../../lib/recover/report.js'
import {systemClock} from '../../lib/run/clock.js'
import {shipServices} from '../../lib/ship/make-services.js'

export default class Recover extends PipelineCommand {
  static override description = `put right what a run that was killed, or that holds, left behind

${exitCodesHelp}`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --app example-app',
    '<%= config.bin %> <%= command.id %> --app example-app --dry-run',
    '<%= config.bin %> <%= command.id %> --app example-app --confirm example-app --journal artifacts/ship.ndjson',
    '<%= config.bin %> <%= command.id %> --app example-app --rollback',
    '<%= config.bin %> <%= command.id %> --app example-app --resume',
    '<%= config.bin %> <%= command.id %> --app example-app --scale worker=2',
  ]
  static override flags = {
    // A default for the help would load this class for every --help (libraries.md §1).
    app: flags.app({required: true, defaultHelp: undefined as never}),
    remote: flags.remote(),
    confirm: flags.string({description: 'name of the app, instead of being asked for it', helpValue: 'APP'}),
    'dry-run': flags.boolean({description: 'show what was found and what would be done; change nothing'}),
    journal: flags.string({description: 'journal of the run to put right, such as a CI artifact', helpValue: 'FILE'}),
    list: flags.boolean({description: 'list the runs on the app whose journals are on this machine'}),
    resume: flags.boolean({description: 'go on after the migration', exclusive: ['rollback']}),
    rollback: flags.boolean({description: 'go back to how the app was before, code included'}),
    scale: flags.string({
      description: 'without a journal: what a process type has to be scaled to',
      helpValue: 'TYPE=N',
      multiple: true,
      multipleNonGreedy: true,
    }),
  }
  protected override readonly verb = 'recover'

  async run(): Promise<RecoverReport> {
    const {flags} = await this.parse(Recover)
    const {problems, scale} = parseScale(flags.scale ?? [])
    this.refuseUsage(problems)
    const {app, confirm, journal} = flags
    const {dataDir} = this.config
    const json = this.jsonEnabled()
    if (flags.list) return this.answer(listReport(app, dataDir))

    const onWait = (text: string): void => session.warn(text)
    const services = await shipServices({heroku: this.heroku, args: {}, clock: systemClock, onWait})
    const session = openSession({command: 'pipeline:recover', app, json, dataDir, secrets: [services.token]})
    try {
      const asked = {app, dataDir, scale, dryRun: flags['dry-run'], ...(journal === undefined ? {} : {journal})}
      const way = flags.resume ? 'resume' : flags.rollback ? 'rollback' : undefined
      return this.answer(
        await putRight({...asked, ...(way ? {way} : {})}, services, session, {
          checking: (what, read) => this.checking(what, read),
          confirm: (name, warning) => confirmChange({app: name, confirm, json, warning}),
        }),
      )
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return this.answer(refusalReport(app, error.reasons))
    } finally {
      await session.end()
    }
  }
}
