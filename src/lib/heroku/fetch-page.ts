import {apiUrl} from './api-login.js'
import type {Page, ReadPage} from './call.js'
import {NotSent, OutcomeUnknown, Unreadable} from './errors.js'
import {networkWords} from './network-words.js'
import {Again} from './read-once.js'
import {refusal, send, type SendOptions} from './send-once.js'
import {Silence, within} from './within.js'

/**
 * Reads pages past the CLI's client, which loses the status of an answer whose HTML is called JSON: the Data API's 404
 * (platform-facts §6.1). `onDate` is told what the platform's clock says, in ms since the epoch.
 */
export function fetchPages(options: SendOptions, onDate: (at: number) => void): ReadPage {
  return async (path): Promise<Page> => {
    const {deadlineMs, signal} = options
    signal.throwIfAborted()
    const asked = {method: 'GET', path}
    const host = () => new URL(options.origin?.() ?? apiUrl(options.heroku)).host
    const unreadable = (why: string) => new Unreadable({...asked, cause: new Error(why)})
    const response = await within(send({...asked, variant: '3', body: undefined}, options), signal, deadlineMs).catch(
      (error: unknown) => {
        signal.throwIfAborted()
        // Both watch the same time, and either may be the first to say so.
        if (error instanceof Silence) throw new Again(unreadable(networkWords(error, host())))
        if (!(error instanceof NotSent || error instanceof OutcomeUnknown)) throw error
        throw new Again(unreadable((error.cause as Error).message))
      },
    )
    const {headers, status, text} = response
    if (status >= 300) {
      const error = refusal(asked, response)
      throw status === 429 || status >= 500 ? new Again(error, {'retry-after': response.retryAfter}) : error
    }

    const date = Date.parse(headers.get('date') ?? '')
    if (!Number.isNaN(date)) onDate(date)
    try {
      return {body: JSON.parse(text) as unknown}
    } catch {
      throw new Again(unreadable(`${host()} answered with something that is not JSON`))
    }
  }
}
