import {flags} from '@heroku-cli/command'
import {ux} from '@oclif/core'

import {refusalReport} from '../../lib/app/report.js'
import {exitCodesHelp} from '../../lib/command/exit-codes-help.js'
import {leaveUntouched} from '../../lib/command/leave.js'
import {PipelineCommand} from '../../lib/command/pipeline-command.js'
import {takeOverSignals} from '../../lib/command/signals.js'
import {tellBeside} from '../../lib/command/tell-beside.js'
import {readRequest} from '../../lib/memory/command/request.js'

export default class Memory extends PipelineCommand {
  static override description = `show what memory the dynos need, before and after a release, live or from archives

${exitCodesHelp}`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --app example-app',
    '<%= config.bin %> <%= command.id %> --app example-app --compare previous',
    '<%= config.bin %> <%= command.id %> --app example-app --max 80% --max-growth 10%',
    '<%= config.bin %> <%= command.id %> --app example-app --tail',
    '<%= config.bin %> <%= command.id %> --from monday.log.gz tuesday.log.gz --compare v41..v42 --format markdown',
  ]
  static override flags = {
    // A default for the help would load this class for every --help (libraries.md §1).
    app: flags.app({defaultHelp: undefined as never}),
    remote: flags.remote(),
    chart: flags.string({description: 'write a chart into this file as well', helpValue: 'FILE.svg'}),
    compare: flags.string({
      description: 'previous: the current release with the one before; v41..v42; or two archives',
      helpValue: 'previous|v41..v42|FILES',
      multiple: true,
    }),
    enable: flags.boolean({
      description: 'make the dynos log their memory (log-runtime-metrics); they must restart then',
    }),
    format: flags.option({
      options: ['text', 'markdown', 'csv'] as const,
      default: 'text',
      description: 'markdown to paste into a pull request, csv for a spreadsheet',
    })(),
    from: flags.string({
      description: 'log archives to read instead of the app, plain, .gz or .zst; - is stdin',
      helpValue: 'FILE',
      multiple: true,
    }),
    max: flags.string({
      description: 'exit 6 when a process type used more at its peak, of its quota or in MB',
      helpValue: '80%|400MB',
    }),
    'max-growth': flags.string({
      description: 'exit 6 when the memory of a process type grew by more',
      helpValue: '10%',
    }),
    tail: flags.boolean({description: 'watch it live, until Ctrl-C'}),
  }
  protected override readonly verb = 'tell the memory of'

  async run(): Promise<unknown> {
    const {flags, metadata} = await this.parse(Memory)
    const json = this.jsonEnabled()
    const appGiven = flags.app !== undefined && !metadata.flags.app?.setFromDefault
    const {problems, request} = readRequest({...flags, appGiven, json}, !process.stdin.isTTY)
    const {answerMemory, fileProblems} = await import('../../lib/memory/command/run.js')
    this.refuseUsage([...problems, ...(await fileProblems(request))])

    const ended = new AbortController()
    const services = async (onWait: (text: string) => void = tellBeside) => {
      const {memoryServices} = await import('../../lib/memory/command/make-services.js')
      return memoryServices({heroku: this.heroku, signal: ended.signal, onWait})
    }
    const {app = ''} = request
    const giveBack = request.tail ? () => {} : takeOverSignals((signal) => leaveUntouched({app, json, signal}), noMore)
    try {
      if (request.tail) {
        const {watch} = await import('../../lib/memory/command/watch.js')
        process.exitCode = await watch(app, services, ended)
        return
      }

      if (request.enable) {
        const {enableMetrics} = await import('../../lib/memory/command/enable.js')
        return this.answer(await enableMetrics(await services(), app))
      }

      const asked = {request, services, signal: ended.signal, dataDir: this.config.dataDir, now: Date.now()}
      const answer = () => answerMemory(asked)
      const {reading, report} = await (app ? this.checking(app, answer) : answer())
      const {formatReport} = await import('../../lib/memory/views/format.js')
      this.log(formatReport(report, reading, request.format))
      if (report.outcome === 'over-budget' && !json) ux.stderr(report.message)
      process.exitCode = report.exitCode
      return report
    } catch (error) {
      const {failureOf} = await import('../../lib/memory/command/failures.js')
      const failure = failureOf(error)
      if (!failure) throw error
      if ('usage' in failure) this.refuseUsage([failure.usage])
      else return this.answer(refusalReport(app || 'the archives', failure.reasons))
    } finally {
      giveBack()
    }
  }
}

/** Whoever was told once is gone. */
const noMore = (): void => {}
