import {Command} from '@heroku-cli/command'
import {type Interfaces, ux} from '@oclif/core'

import {messageOf} from '../run/errors.js'
import type {Reason} from '../app/refused.js'
import type {RunReport} from '../app/report.js'
import {harmlessLines} from '../ui/harmless.js'
import {paintFor} from '../ui/paint.js'
import {leftBehind} from '../ui/story.js'

/** What our commands have in common: typed flags, one JSON object whatever happens, the same exit code in text and JSON. */
export abstract class PipelineCommand extends Command {
  static override baseFlags = Command.baseFlagsWithoutPrompt() as never
  static override enableJsonFlag = true
  static override promptFlagActive = false
  /** What the command does to an app, in the words of a refusal: "Can't ship example-app". */
  protected abstract readonly verb: string

  /** The base class says `any`; this gives the flags their types back. */
  protected override async parse<
    F extends Record<string, unknown>,
    B extends Record<string, unknown>,
    A extends Record<string, unknown>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    return (await super.parse(options as never, argv)) as Interfaces.ParserOutput<F, B, A>
  }

  /** Preflight takes seconds on a slow line: say what is waited for, as the CLI does. */
  protected async checking<T>(what: string, read: () => Promise<T>): Promise<T> {
    if (this.jsonEnabled()) return read()
    ux.action.start(`Checking ${what}`)
    try {
      const facts = await read()
      ux.action.stop()
      return facts
    } catch (error) {
      ux.action.stop('!')
      throw error
    }
  }

  /** The answer goes to stdout: a line for people, the report itself under --json; a failure tells its story on stderr. */
  protected answer<R extends RunReport>(report: R): R {
    process.exitCode = report.exitCode
    if (report.outcome === 'refused') ux.stderr(formatRefusal(report.app, report.reasons ?? [], this.verb))
    else if (report.exitCode === 0) this.log(report.message)
    else if (report.run === undefined) ux.stderr(formatHeld(report))
    return report
  }

  /** Usage problems, all of them, exit 2. */
  protected refuseUsage(problems: string[]): void {
    if (problems.length > 0) this.error(problems.join('\n'), {exit: 2})
  }

  /** An allow-list: oclif's default prints every own property of the error, the request with its token among them. */
  protected override toErrorJson(error: unknown): unknown {
    const exitCode = exitCodeOf(error)
    // oclif dims parts of its messages wherever there may be colours.
    const message = harmlessLines(messageOf(error)).join('\n')
    const untouched = exitCode === 2 ? {outcome: 'usage', left: []} : {outcome: 'failed'}
    return {...untouched, exitCode, message, error: {reason: message}}
  }

  protected override async catch(error: Error & {exitCode?: number}): Promise<void> {
    // oclif exits 1 under --json and otherwise as the error says: both are to be the same.
    process.exitCode = exitCodeOf(error)
    await super.catch(error)
  }
}

function exitCodeOf(error: unknown): number {
  const exit = (error as {oclif?: {exit?: number | false}} | undefined)?.oclif?.exit
  return typeof exit === 'number' ? exit : 1
}

/** Without a run there is no story that could end with it. */
function formatHeld({left, message}: RunReport): string {
  return [...harmlessLines(message), ...leftBehind(left, paintFor(false))].join('\n')
}

/** The reasons as the Heroku CLI prints errors, with the command that helps on a line of its own. */
function formatRefusal(app: string, reasons: Reason[], verb: string): string {
  const lines = reasons.flatMap(({fix, message}) => [`- ${message}`, ...(fix ? [`    ${fix}`] : [])])
  return [`Can't ${verb} ${app}; nothing was touched:`, ...lines].map((line) => ` ›   ${line}`).join('\n')
}
