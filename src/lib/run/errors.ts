import type {Left} from './events.js'

/** A step failed in a way that has its own row in the plan's failure policy. */
export class StepError extends Error {
  override readonly name = 'StepError'
  /** The key of that row. */
  readonly failsAs: string
  /** What a hold leaves behind, when the step knows better than its `byHand`. */
  readonly left: Left[] | undefined
  /** Steps that had been restored and whose effect stands again: their undo and their `byHand` count once more. */
  readonly standing: string[]

  constructor(failsAs: string, message: string, options: ErrorOptions & {left?: Left[]; standing?: string[]} = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.failsAs = failsAs
    this.left = options.left
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
