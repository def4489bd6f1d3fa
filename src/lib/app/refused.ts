/** One reason not to begin, and what to do about it. */
export type Reason = {message: string; fix?: string}

/** Preflight found reasons not to begin: nothing was touched. Exit 3. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly reasons: Reason[]

  constructor(reasons: Reason[]) {
    super(reasons.map(({message}) => message).join('\n'))
    this.reasons = reasons
  }
}
