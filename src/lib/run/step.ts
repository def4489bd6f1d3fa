import type {Clock} from './clock.js'
import type {Left, Progress} from './events.js'

/** Anything that survives a journal. */
export type Json = boolean | null | number | string | Json[] | {[key: string]: Json | undefined}

/** What every step, look and undo is given besides the services of its command. */
export type StepContext = {
  clock: Clock
  /** Aborts when the run is interrupted: waits end, writes that are under way are settled first. */
  signal: AbortSignal
  /** True once a signal has come: an undo does its writes and waits for nothing that the next run can verify. */
  readonly hurried: boolean
  /** A line of output of what the step watches. */
  log(line: string, item?: string): void
  /** Sub-progress of the step or of one of its items. */
  progress(progress: Progress): void
  warn(message: string): void
  /** The site is down from now on, or is no longer. */
  downtime(down: boolean): void
  /** What an earlier step of the same run resulted in; undefined when it has not run. */
  resultOf(step: string): Json | undefined
}

/** One effect and how to take it back. `Services` is what the command's steps work with. */
export interface Step<Services, Seen extends Json = Json, Result extends Json | void = Json | void> {
  id: string
  /** Imperative, sentence case: "Scale worker to 0". */
  title: string
  /** Once it has begun there is no blind way back: a migration. */
  pivot?: boolean
  /** The step whose effect this one takes back: once this has run, there is nothing left of that one to undo. */
  restores?: string
  /** The row of the plan's failure policy that holds when this step fails and the error names no other. */
  failsAs: string
  /** Read what the effect will change; journaled before `run` begins. */
  look?(ctx: StepContext & Services): Promise<Seen>
  run(seen: Seen, ctx: StepContext & Services): Promise<Result>
  /** Right whether `run` never happened, half happened or happened twice. What it returns is said in the story. */
  undo?(seen: Seen, ctx: StepContext & Services): Promise<string | void>
  /**
   * What is left when this step's effect stays, and the command a person would type; `result` when it came to its end. Undefined
   * when nothing is left of it then.
   */
  byHand?(seen: Seen, result?: Result): Left | undefined
  /** One line for the story once it is done: "v42". */
  summary?(result: Result): string | undefined
}

/** What happens to the world when a step fails in a given way: a row of the failure policy, printed by `--dry-run`. */
export type PolicyRow = {
  /** What fails: "dynos crash, nothing migrated". */
  when: string
  /** The world at that moment: "new code, old schema". */
  world: string
  /** `undo`: newest first, back to a pivot that has begun. `hold`: leave all as it is, a person decides. */
  action: 'hold' | 'undo'
  /** The exit code when the action itself goes well; a failing undo, or a pivot in the way, always ends in 4. */
  exit: 1 | 4
  /** `undo` only: the pivot has been proven to have had no lasting effect, so undo goes past it. */
  pastPivot?: boolean
  /** Said to the user, present tense: what is so now and why. */
  says: string
}

/** Steps in order and the failure policy that holds for them. */
export type Plan<Services> = {
  name: string
  // Each step has its own Seen and Result; the runner only hands them round.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  steps: Array<Step<Services, any, any>>
  policy: Record<string, PolicyRow>
}
