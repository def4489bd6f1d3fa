/** One request to an app. `url` and what is in it (credentials, query) are secrets to every log. */
export type HealthQuestion = {
  url: string
  /** Sent as Host header; the connection, SNI and the certificate stay those of the URL. */
  host?: string
  timeoutMs: number
  signal: AbortSignal
}

/**
 * What came of it: an answer, or why there was none, in words that name no more than the host. Header names are lower case.
 * `page` is the beginning of the body (at most 8 KB) where the status is 5xx, and '' elsewhere.
 */
export type HealthAnswer = {status: number; headers: Record<string, string[]>; page: string} | {noAnswer: string}

/**
 * Asks once: GET, no redirect followed, nothing kept open.
 * @throws the signal's reason only; everything else is an answer
 */
export type Probe = (question: HealthQuestion) => Promise<HealthAnswer>
