import type {APIClient} from '@heroku-cli/command'

import type {Clock} from '../run/clock.js'
import {createRead} from './call.js'
import {OutcomeUnknown, PlatformError} from './errors.js'
import {readLogs} from './log-session.js'
import {openFetch} from './open-fetch.js'
import {parseAddons, parseAttachments, parseConfigVars} from './parse-addons.js'
import {parseAccount, parseApp} from './parse-app.js'
import {parseDyno, parseDynos, parseOneOff} from './parse-dynos.js'
import {parseFormation} from './parse-formation.js'
import {parseRelease, parseReleases} from './parse-release.js'
import {tellWaits} from './rate-limit.js'
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
export function createPlatform({deadlines, onWait, signal, token, ...rest}: PlatformOptions): Platform {
  const {clock} = rest
  const common = {...rest, onWait: tellWaits(onWait, clock)}
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
      const feature = await orNothing(() => read(appPath(app, '/features/preboot')))
      return (feature as {enabled?: unknown} | null | undefined)?.enabled === true
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
    async setMaintenance(app, on) {
      await sendOnce({method: 'PATCH', path: appPath(app), variant: '3', body: {maintenance: on}})
    },
    async setFeature(app, feature, enabled) {
      await sendOnce({method: 'PATCH', path: appPath(app, `/features/${feature}`), variant: '3', body: {enabled}})
    },
    async scale(app, quantities) {
      const updates = Object.entries(quantities).map(([type, quantity]) => ({type, quantity}))
      await sendOnce({method: 'PATCH', path: appPath(app, '/formation'), variant: '3', body: {updates}})
    },
    async restartType(app, type) {
      const path = appPath(app, `/formations/${encodeURIComponent(type)}`)
      await sendOnce({method: 'DELETE', path, variant: '3.sdk', body: {}})
    },
    async createDyno(app, {attach, command, env, size, timeToLiveS, type}) {
      const asked = {method: 'POST', path: appPath(app, '/dynos')}
      const body = {
        command,
        attach,
        force_no_tty: true,
        ...(env ? {env} : {}),
        ...(size ? {size} : {}),
        ...(timeToLiveS ? {time_to_live: timeToLiveS} : {}),
        ...(type ? {type} : {}),
      }
      const answer = await sendOnce({...asked, variant: '3', body})
      try {
        return parseOneOff(answer.body)
      } catch (error) {
        throw new OutcomeUnknown({...asked, cause: error as Error})
      }
    },
    dyno: async (app, name) => orNothing(async () => parseDyno(await read(dynoPath(app, name)))),
    async stopDyno(app, name) {
      await sendOnce({method: 'POST', path: `${dynoPath(app, name)}/actions/stop`, variant: '3', body: {}})
    },
    configVars: async (app) => parseConfigVars(await read(appPath(app, '/config-vars'))),
    addons: async (app) => parseAddons(await read(appPath(app, '/addons'))),
    attachments: async (app) => parseAttachments(await read(appPath(app, '/addon-attachments'), WITH_PLANS)),
    attachmentsOf: async (addonId) =>
      parseAttachments(await read(`/addons/${encodeURIComponent(addonId)}/addon-attachments`, WITH_PLANS)),
    logs: (app, options) => readLogs(app, options, {clock, fetch, sendOnce, signal: either(options.signal)}),
    releaseOutput: (url, options) => readReleaseOutput(url, {clock, fetch, signal: either(options.signal)}),
  }
}

/** Plan and config vars of an attachment come only when they are asked for (platform-facts §6.2). */
const WITH_PLANS = {variant: '3.sdk', inclusion: 'addon:plan,config_vars'} as const

async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof PlatformError && error.status === 404) return undefined
    throw error
  }
}

function dynoPath(app: string, name: string): string {
  return appPath(app, `/dynos/${encodeURIComponent(name)}`)
}

function appPath(app: string, rest = ''): string {
  return `/apps/${encodeURIComponent(app)}${rest}`
}
