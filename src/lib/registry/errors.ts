import {adviceFor} from './advice.js'

export type Refusal = {
  /** "push example-app/web". */
  operation: string
  /** `<app>/<type>`. */
  repository: string
  host: string
  /** HTTP status; undefined when there was no answer. */
  status?: number | undefined
  /** The registry's error codes: `UNAUTHORIZED`, `UNSUPPORTED`, … */
  codes?: string[]
  /** What the host does, as a predicate: "says UNSUPPORTED: …", "does not answer". Holds no secret. */
  said: string
  /** When the registry asks for patience, milliseconds. */
  retryAfterMs?: number | undefined
  cause?: unknown
}

/** The registry refuses, does not answer, or holds something else than it should. `advice` says what to do (platform-facts §1.2). */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly operation: string
  readonly repository: string
  readonly status: number | undefined
  readonly codes: string[]
  readonly advice: string
  readonly retryAfterMs: number | undefined

  constructor(refusal: Refusal) {
    const advice = adviceFor(refusal)
    super(`Can't ${refusal.operation}: ${refusal.host} ${refusal.said}. ${advice}`, {cause: refusal.cause})
    this.operation = refusal.operation
    this.repository = refusal.repository
    this.status = refusal.status
    this.codes = refusal.codes ?? []
    this.advice = advice
    this.retryAfterMs = refusal.retryAfterMs
  }
}

/** An archive we cannot make an image of; the message says what is wrong and what to do. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
}
