/** The engine does not answer, or cannot build for us. `reason` says what is so, `advice` what to do. */
export class DockerUnavailable extends Error {
  override name = 'DockerUnavailable'
  readonly endpoint: string
  readonly reason: string
  readonly advice: string

  constructor(facts: {endpoint: string; reason: string; advice: string; cause?: unknown}) {
    super(`Can't build with Docker at ${facts.endpoint}: ${facts.reason}. ${facts.advice}`, {cause: facts.cause})
    this.endpoint = facts.endpoint
    this.reason = facts.reason
    this.advice = facts.advice
  }
}

/** A build that ended red. `lines` are the last 100 lines of its output; `vertex` the step that failed, when known. */
export class BuildFailed extends Error {
  override name = 'BuildFailed'
  readonly lines: string[]
  readonly vertex?: string

  constructor(message: string, facts: {lines: string[]; vertex?: string | undefined; cause?: unknown}) {
    super(message, {cause: facts.cause})
    this.lines = facts.lines
    if (facts.vertex) this.vertex = facts.vertex
  }
}

/**
 * Why a registry did not take a push. `unsupported`: it wants another manifest type (platform-facts §1.2, 405);
 * `unauthorized`: no such app, no access or a bad token, which the registry does not tell apart.
 */
export type Refusal = 'other' | 'unauthorized' | 'unsupported'

/** The engine's push ended red. `registryMessage` is what the engine passed on; `status` its HTTP status when it names one. */
export class PushRefused extends Error {
  override name = 'PushRefused'
  readonly kind: Refusal
  readonly registryMessage: string
  readonly status?: number

  constructor(reference: string, facts: {kind: Refusal; registryMessage: string; status?: number | undefined}) {
    super(`Can't push ${reference}: ${facts.registryMessage}`)
    this.kind = facts.kind
    this.registryMessage = facts.registryMessage
    if (facts.status) this.status = facts.status
  }
}

/** The engine answered a request with an HTTP error. */
export class EngineRefused extends Error {
  override name = 'EngineRefused'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
