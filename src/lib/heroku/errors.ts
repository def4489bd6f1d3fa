import {refusalWords} from './refusal-words.js'

/** What was asked of the platform: `PATCH`, `/apps/example-app/formation`. */
export type Asked = {method: string; path: string}

/** The platform said no, and it is certain that nothing happened. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  /** HTTP status, 3xx or 4xx; 5xx only for reads. */
  readonly status: number
  /** Heroku's error id: `not_found`, `forbidden`, … (platform-facts §9.4); empty when it gave none. */
  readonly id: string
  /** Heroku's own words, one line. */
  readonly said: string
  readonly method: string
  readonly path: string
  /** Calls left of the token's hourly budget, when the answer told (platform-facts §9.2). */
  readonly rateLimitRemaining: number | undefined

  constructor(answer: Asked & {status: number; id?: string; said?: string; rateLimitRemaining?: number | undefined}) {
    const {id = '', method, path, rateLimitRemaining, said = '', status} = answer
    super(refusalWords({id, method, path, rateLimitRemaining, said, status}))
    this.status = status
    this.id = id
    this.said = said
    this.method = method
    this.path = path
    this.rateLimitRemaining = rateLimitRemaining
  }
}

/** A call without a usable answer; `cause` says why. */
class Unanswered extends Error {
  readonly method: string
  readonly path: string

  constructor(message: string, {cause, method, path}: Asked & {cause: Error}) {
    super(message, {cause})
    this.method = method
    this.path = path
  }
}

/** A write went out and its answer is lost: it may have happened, and only looking can tell. */
export class OutcomeUnknown extends Unanswered {
  override readonly name = 'OutcomeUnknown'

  constructor(asked: Asked & {cause: Error}) {
    super(`The answer to ${asked.method} ${asked.path} is lost, so whether it took effect is unknown`, asked)
  }
}

/** A write never left this machine: nothing happened, sending it again is safe. */
export class NotSent extends Unanswered {
  override readonly name = 'NotSent'

  constructor(asked: Asked & {cause: Error}) {
    super(`Can't send ${asked.method} ${asked.path}`, asked)
  }
}

/** A read got no usable answer, however often it was asked. */
export class Unreadable extends Unanswered {
  override readonly name = 'Unreadable'

  constructor(asked: Asked & {cause: Error}) {
    super(`Can't read ${asked.path} from Heroku`, asked)
  }
}

/** Any error of this adapter in one line: what failed, why, and what to do. Holds no secret. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const why = error instanceof Unanswered && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${error.message}${why}`
}
