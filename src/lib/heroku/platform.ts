import type {APIClient} from '@heroku-cli/command'

import type {Clock} from '../run/clock.js'
import {createRead} from './call.js'
import {OutcomeUnknown, PlatformError} from './errors.js'
import {readLogs} from './log-session.js'
import {openFetch} from './open-fetch.js'
import {parseAccount, parseApp} from './parse-app.js'
import {parseDynos} from './parse-dynos.js'
import {parseFormation} from './parse-formation.js'
import {parseRelease, parseReleases} from './parse-release.js'
import {readReleaseOutput} from './release-output.js'
import {createSendOnce} from './send-once.js'
import type {Platform} from './types.js'

export type PlatformOptions = {
  heroku: APIClient
  clock: Clock
  /** Aborted, reads end at once and no write begins any more; a write that is under way is still settled. */
  signal: AbortSignal
  /** Instead of the login of `heroku`, for writes. */
  token?: string
  /** Told when Heroku's rate limit makes a call wait. */
  onWait?: (text: string) => void
  /** Of one attempt, in real milliseconds. */
  deadlines?: {readMs?: number; writeMs?: number}
}

const READ_MS = 30_000
const WRITE_MS = 60_000

/** The Platform API over the CLI's login. Errors: PlatformError, Unreadable, OutcomeUnknown, NotSent (errors.ts). */
export function createPlatform({deadlines, signal, token, ...common}: PlatformOptions): Platform {
  const {clock} = common
  const read = createRead({...common, signal, deadlineMs: deadlines?.readMs ?? READ_MS})
  const fetch = openFetch()
  const sendOnce = createSendOnce({...common, signal, fetch, token, deadlineMs: deadlines?.writeMs ?? WRITE_MS})
  const either = (other: AbortSignal) => AbortSignal.any([signal, other])

  return {
    // Without the "?" APIClient asks a second service about unpaid bills, and waits for its answer.
    account: async () => parseAccount(await read('/account?')),
    app: async (app) => parseApp(await read(appPath(app), {variant: '3.sdk'})),
    formation: async (app) => parseFormation(await read(appPath(app, '/formation'), {variant: '3.docker-releases'})),
    dynos: async (app) => parseDynos(await read(appPath(app, '/dynos'))),
    async newestReleases(app, max) {
      const range = `version ..; max=${max}, order=desc`
      return parseReleases(await read(appPath(app, '/releases'), {variant: '3.sdk', range})).slice(0, max)
    },
    release: async (app, idOrVersion) =>
      parseRelease(await read(appPath(app, `/releases/${idOrVersion}`), {variant: '3.sdk'})),
    async preboot(app) {
      try {
        const feature = (await read(appPath(app, '/features/preboot'))) as {enabled?: unknown} | null
        return feature?.enabled === true
      } catch (error) {
        if (error instanceof PlatformError && error.status === 404) return false
        throw error
      }
    },
    async releaseImages(app, updates) {
      const body = {updates: updates.map(({image, type}) => ({type, docker_image: image}))}
      const {warning} = await sendOnce({
        method: 'PATCH',
        path: appPath(app, '/formation'),
        variant: '3.docker-releases',
        body,
      })
      return warning ? {warning} : {}
    },
    async rollback(app, releaseId) {
      const asked = {method: 'POST', path: appPath(app, '/releases')}
      const answer = await sendOnce({...asked, variant: '3.sdk', body: {release: releaseId}})
      try {
        return parseRelease(answer.body)
      } catch (error) {
        throw new OutcomeUnknown({...asked, cause: error as Error})
      }
    },
    logs: (app, options) => readLogs(app, options, {clock, fetch, sendOnce, signal: either(options.signal)}),
    releaseOutput: (url, options) => readReleaseOutput(url, {clock, fetch, signal: either(options.signal)}),
  }
}

function appPath(app: string, rest = ''): string {
  return `/apps/${encodeURIComponent(app)}${rest}`
}
