import type {Page, ReadPage} from './call.js'
import {NotSent, OutcomeUnknown, Unreadable} from './errors.js'
import {Again} from './read-once.js'
import {refusal, send, type SendOptions} from './send-once.js'
import {within} from './within.js'

/**
 * Reads pages past the CLI's client, which loses the status of an answer whose HTML is called JSON: the Data API's 404
 * (platform-facts §6.1). `onDate` is told what the platform's clock says, in ms since the epoch.
 */
export function fetchPages(options: SendOptions, onDate: (at: number) => void): ReadPage {
  return async (path): Promise<Page> => {
    const {deadlineMs, signal} = options
    signal.throwIfAborted()
    const asked = {method: 'GET', path}
    const response = await within(send({...asked, variant: '3', body: undefined}, options), signal, deadlineMs).catch(
      (error: unknown) => {
        signal.throwIfAborted()
        if (!(error instanceof NotSent || error instanceof OutcomeUnknown)) throw error
        throw new Again(new Unreadable({...asked, cause: error.cause as Error}))
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
      throw new Again(new Unreadable({...asked, cause: new Error('the answer is not JSON')}))
    }
  }
}
