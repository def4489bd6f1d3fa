import type {Knobs} from '../platform/index.js'
import type {HerokuProcess} from '../real/heroku-cli.js'
import type {Place} from './faults.js'
import type {Commands, WindowSetup} from './setup.js'
import type {StepId} from './steps.js'

/** What goes wrong with a step. */
export const FAULTS = ['refused', 'fails', 'times out', 'connection lost', '5xx', '429'] as const
export type FaultId = (typeof FAULTS)[number]

/** How a run ends: its exit code, and the difference of the worlds, line by line. */
export type End = {name: string; exit: number; leaves: string[]}

/** What goes wrong in a window, and what must be so afterwards. */
export type Variation = {
  /** What goes wrong, as the table says it. */
  what: string
  commands?: Commands
  maintenance?: boolean
  /** Switches of the app, set before its first dyno starts. */
  knobs?: Partial<Knobs>
  /** With a backup; the others go without, it takes 3 s. */
  backup?: boolean
  /** `pipeline:ship` instead of `pipeline:maintenance-migrate`. */
  ships?: boolean
  /** A ship without `--migrate`. */
  migrates?: false
  /** Command of a `release` image, for a ship. */
  releasePhase?: string
  /** Command of the new worker, for a ship. */
  newWorker?: string
  flags?: string[]
  /** It waits half a minute or longer. */
  long?: true
  given?(setup: WindowSetup): void
  meanwhile?(setup: WindowSetup, heroku: HerokuProcess): Promise<void>
  end: End
  /** In what it says, stdout and stderr together. */
  says?: RegExp[]
  /** Requests that must have been sent exactly so often. */
  sent?: Array<Pick<Place, 'method' | 'path'> & {times: number}>
  /** The left-over commands are run by the stock CLI; then this is what still differs. */
  byHand?: string[]
}

/** A cell of the table: one way in which one step goes wrong. */
export type Cell = Variation & {step: StepId; fault: FaultId}

/** A cell that there is not, and why. */
export type NoCell = {step: StepId; fault: FaultId; none: string}
