import {createRead} from './call.js'
import {dataOrigin} from './data-host.js'
import type {DataApi, Transfer} from './data-types.js'
import {OutcomeUnknown, PlatformError, Unreadable} from './errors.js'
import {fetchPages} from './fetch-page.js'
import {oneLine} from './one-line.js'
import {openFetch} from './open-fetch.js'
import {parseDatabase} from './parse-database.js'
import {parseTransfer, parseTransferLog, parseTransfers} from './parse-transfer.js'
import type {PlatformOptions} from './platform.js'
import {tellWaits} from './rate-limit.js'
import {createSendOnce} from './send-once.js'

const READ_MS = 15_000
const WRITE_MS = 60_000
const LOG_LINES = 5

/**
 * Heroku's Data API over the CLI's login (platform-facts §6). Errors: PlatformError, Unreadable, OutcomeUnknown, NotSent, and a
 * plain one when HEROKU_DATA_HOST names no host that may be asked.
 */
export function createDataApi({deadlines, onWait, ...common}: PlatformOptions): DataApi {
  const told = tellWaits(onWait, common.clock)
  const asking = {...common, onWait: told, fetch: openFetch(), origin: () => dataOrigin(common.heroku)}
  let date: number | undefined
  const reading = {...asking, deadlineMs: deadlines?.readMs ?? READ_MS}
  const read = createRead(
    reading,
    fetchPages(reading, (at) => (date = at)),
  )
  const sendOnce = createSendOnce({...asking, deadlineMs: deadlines?.writeMs ?? WRITE_MS})

  return {
    async database(addon) {
      try {
        return parseDatabase(await read(databasePath(addon)))
      } catch (error) {
        if (error instanceof PlatformError && error.status === 404) return undefined
        throw error
      }
    },
    transfers: async (app) => parseTransfers(await read(transfersPath(app))),
    transfer: async (app, numOrUuid) => parseTransfer(await read(transfersPath(app, numOrUuid))),
    async transferLog(app, numOrUuid) {
      const lines = parseTransferLog(await read(`${transfersPath(app, numOrUuid)}?verbose=true`))
      return lines.slice(-LOG_LINES).map((line) => oneLine(line))
    },
    async capture(addon): Promise<Transfer> {
      const asked = {method: 'POST', path: databasePath(addon, '/backups')}
      const {body} = await sendOnce({...asked, variant: '3', body: undefined})
      try {
        return parseTransfer(body)
      } catch (error) {
        throw new OutcomeUnknown({...asked, cause: error as Error})
      }
    },
    async cancel(app, uuid) {
      await sendOnce({
        method: 'POST',
        path: `${transfersPath(app, uuid)}/actions/cancel`,
        variant: '3',
        body: undefined,
      })
    },
    async platformTime(app) {
      const path = transfersPath(app)
      await read(path)
      if (date === undefined) throw new Unreadable({method: 'GET', path, cause: new Error('the answer has no date')})
      return date
    },
  }
}

function databasePath(addon: string, rest = ''): string {
  return `/client/v11/databases/${encodeURIComponent(addon)}${rest}`
}

function transfersPath(app: string, transfer?: number | string): string {
  const all = `/client/v11/apps/${encodeURIComponent(app)}/transfers`
  return transfer === undefined ? all : `${all}/${encodeURIComponent(transfer)}`
}
