import type {Left} from './events.js'

/** A step failed in a way that has its own row in the plan's failure policy. */
export class StepError extends Error {
  override readonly name = 'StepError'
  /** The key of that row. */
  readonly failsAs: string
  /** What is left of the step, when it knows better than its `byHand`; what others before it changed is left as well. */
  readonly left: Left[] | undefined
  /** Steps of which nothing is left to be undone by hand besides: `left` says how they stand now. */
  readonly insteadOf: string[]
  /** Steps that had been restored and whose effect stands again: their undo and their `byHand` count once more. */
  readonly standing: string[]

  constructor(
    failsAs: string,
    message: string,
    options: ErrorOptions & {left?: Left[]; insteadOf?: string[]; standing?: string[]} = {},
  ) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.failsAs = failsAs
    this.left = options.left
    this.insteadOf = options.insteadOf ?? []
    this.standing = options.standing ?? []
  }
}

/** An undo could not be done, and what is left is not what the step's `byHand` says. */
export class UndoError extends Error {
  override readonly name = 'UndoError'
  readonly left: Left

  constructor(message: string, left: Left) {
    super(message)
    this.left = left
  }
}

/** The text of anything thrown, on as many lines as it has. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
