import {access, stat} from 'node:fs/promises'
import path from 'node:path'

import {chooseDockerfiles} from '../config/dockerfiles.js'
import {describeError} from '../heroku/errors.js'
import {DockerUnavailable} from '../docker/errors.js'
import type {EngineFacts} from '../docker/types.js'
import {type ImageSource, runsReleasePhase, type ShipFacts} from './facts.js'
import {listDockerfiles} from './list-dockerfiles.js'
import {readState} from '../app/read-state.js'
import {appReasons, leftOutNotes, notRunningNotes, noWayBack, stackReasons} from './refusals.js'
import {requireLogin} from '../app/refusals.js'
import {type Reason, Refused} from '../app/refused.js'
import type {WindowFacts} from '../migrate/facts.js'
import {readWindowFacts} from '../migrate/read-facts.js'
import type {WindowRequest} from '../migrate/request.js'
import type {Clock} from '../run/clock.js'
import {readMigrations} from './read-migrations.js'
import type {ShipServices} from './services.js'

/** What the user asked for. */
export type ShipRequest = {
  app: string
  folder: string
  types: string[]
  archives: Array<{type: string; file: string}>
  recursive: boolean
  contextPath?: string
  target?: string
  noCache: boolean
  herokuYml: boolean
  requireRelease: boolean
  /** Files whose change means that a migration is pending. */
  migrationsPath?: string
  window: WindowRequest
}

/**
 * Reads everything a ship has to know before it changes anything, in parallel.
 * @throws Refused with every reason there is, not only the first
 */
export async function readShipFacts(services: ShipServices, request: ShipRequest, clock: Clock): Promise<ShipFacts> {
  const builds = request.archives.length === 0
  const [app, engine, folder] = await Promise.allSettled([
    readApp(services, request, clock),
    builds ? services.engine().then((engine) => engine.probe()) : undefined,
    readFolder(request),
  ])

  const reasons: Reason[] = []
  if (app.status === 'rejected') reasons.push(...reasonsOf(app.reason))
  else reasons.push(...app.value.reasons)
  if (engine.status === 'rejected') reasons.push(...reasonsOf(engine.reason))
  if (folder.status === 'rejected') reasons.push(...reasonsOf(folder.reason))

  const formation = app.status === 'fulfilled' ? app.value.state.formation : undefined
  const images =
    folder.status === 'fulfilled'
      ? chooseImages(
          request,
          folder.value,
          formation?.map(({type}) => type),
        )
      : undefined
  reasons.push(...(images?.reasons ?? []))
  if (reasons.length > 0 || app.status === 'rejected' || !images) throw new Refused(reasons)

  const shipped = images.sources.flatMap(({types}) => types)
  const {account, fingerprint, preboot, releasedAt, state, way, window} = app.value
  return {
    app: {
      id: app.value.app.id,
      name: app.value.app.name,
      ...(app.value.app.webUrl ? {webUrl: app.value.app.webUrl} : {}),
    },
    user: account.email,
    registry: services.registry.host,
    ...(engine.status === 'fulfilled' && engine.value ? {engine: engine.value satisfies EngineFacts} : {}),
    state,
    ...(releasedAt === undefined ? {} : {releasedAt}),
    ...(way ? {noWayBack: way} : {}),
    images: images.sources,
    args: Object.keys(services.args),
    ...(request.target ? {target: request.target} : {}),
    noCache: request.noCache,
    stableForMs: request.window.stableForMs,
    requireRelease: request.requireRelease,
    ...(fingerprint ? {migrations: fingerprint} : {}),
    ...(window ? {window: withShipped(window.facts, shipped, runsReleasePhase({state, images: images.sources}))} : {}),
    notes: [
      ...app.value.notes,
      ...images.notes,
      ...leftOutNotes(state, shipped),
      ...notRunningNotes(state, shipped, app.value.app.name),
      ...(preboot && (!window || window.facts.maintenance === 'none')
        ? ['Preboot is on: the old dynos go on answering for about three minutes after the release.']
        : []),
      ...(way ? [`If this release is bad there is no going back: ${way}.`] : []),
    ],
  }
}

async function readApp(services: ShipServices, {folder, migrationsPath, window: asked}: ShipRequest, clock: Clock) {
  const {platform, token} = services
  requireLogin(token)

  const app = await platform.app(asked.app)
  // A Fir app has none of what is read below (platform-facts §1.11): its reason is the only one worth saying.
  if (app.generation === 'fir') throw new Refused(stackReasons(app))
  const [account, preboot, read] = await Promise.all([
    platform.account(),
    platform.preboot(app.name),
    readState(platform, app),
  ])
  const {dynos, releases, ...state} = read
  const about = appReasons(app, state, releases, clock.now(), {keepMaintenance: asked.maintenance === 'keep'})
  const compared = await readMigrations(services, app.name, state, {folder, migrationsPath})
  const request = compared.same ? withoutMigration(asked) : asked
  // A stack that takes no images is the reason to read no further.
  const window =
    asksForWindow(request) && about.reasons.length === 0
      ? await readWindowFacts(services, asWindow(request), {app, state, dynos, preboot, user: account.email}, clock)
      : undefined
  return {
    app,
    account,
    preboot,
    state,
    window,
    fingerprint: compared.fingerprint,
    reasons: [...about.reasons, ...compared.reasons, ...(window?.reasons ?? [])],
    notes: [...about.notes, ...compared.notes, ...(window?.notes ?? [])],
    way: noWayBack(state, releases),
    releasedAt: releases.find(({id}) => id === state.current?.id)?.createdAt,
  }
}

/** Whether anything around the release is asked for. */
function asksForWindow({flush, health, maintenance, migration, onUnhealthy, smoke}: WindowRequest): boolean {
  const flushes = flush.commands.length > 0 || flush.caches.length > 0
  return (
    Boolean(migration ?? health ?? smoke ?? onUnhealthy) || flushes || maintenance === 'on' || maintenance === 'keep'
  )
}

/** `auto`: the site goes down for a migration only. Beside a running app, what changes no schema needs no backup. */
function asWindow(request: WindowRequest): WindowRequest {
  const maintenance = request.maintenance === 'auto' ? (request.migration ? 'on' : 'off') : request.maintenance
  const keeps = request.migration !== undefined || maintenance !== 'off'
  const backup = keeps ? request.backup : {...request.backup, mode: 'none' as const}
  return {...request, maintenance, backup}
}

/** What only a migration needs goes with it. */
function withoutMigration({migration: _, migrateUndo: __, ...request}: WindowRequest): WindowRequest {
  return request
}

/** What the release does to a window: it may migrate, and a web that has never run starts with it, on the old schema. */
function withShipped(window: WindowFacts, shipped: string[], releasePhase: boolean): WindowFacts {
  const starts = shipped.includes('web') && !window.down.web && !window.keptUp.includes('web')
  const keptUp = starts ? [...window.keptUp, 'web'] : window.keptUp
  return {...window, keptUp, ...(releasePhase ? {releasePhase} : {})}
}

async function readFolder({archives, contextPath, folder, herokuYml, recursive}: ShipRequest): Promise<string[]> {
  const reasons: Reason[] = []
  const missing = async (file: string) =>
    access(file).then(
      () => false,
      () => true,
    )
  for (const {file} of archives) {
    if (await missing(file))
      reasons.push({
        message: `There is no image archive ${file}.`,
        fix: 'Write one with docker save --output FILE IMAGE.',
      })
  }

  if (archives.length === 0 && herokuYml && !(await missing(path.join(folder, 'heroku.yml')))) {
    reasons.push({
      message: 'There is a heroku.yml here, and this version does not honour it yet.',
      fix: 'To ship by the Dockerfiles alone: --no-heroku-yml',
    })
  }

  if (contextPath && !(await stat(contextPath).catch(() => undefined))?.isDirectory()) {
    reasons.push({message: `--context-path ${contextPath} is not a folder.`})
  }

  if (reasons.length > 0) throw new Refused(reasons)
  return archives.length > 0 ? [] : listDockerfiles(folder, {recursive})
}

type Images = {sources: ImageSource[]; reasons: Reason[]; notes: string[]}

/** Without a formation (the app could not be read) only what does not depend on it is judged. */
function chooseImages(request: ShipRequest, files: string[], formation: string[] | undefined): Images {
  if (request.archives.length > 0) {
    return {
      sources: request.archives.map(({file, type}) => ({from: 'archive', file, types: [type]})),
      reasons: [],
      notes: [],
    }
  }

  const {chosen, leftAlone, problems} = chooseDockerfiles({files, named: request.types, formation: formation ?? []})
  const sources = chosen.map(({dockerfile, types}): ImageSource => {
    const file = path.join(request.folder, dockerfile)
    return {from: 'dockerfile', dockerfile: file, context: request.contextPath ?? path.dirname(file), types}
  })
  const notes = leftAlone.map(({dockerfile, why}) => `${dockerfile} is left alone: ${why}.`)
  return {sources, reasons: problems, notes}
}

function reasonsOf(error: unknown): Reason[] {
  if (error instanceof Refused) return error.reasons
  if (error instanceof DockerUnavailable) {
    const {advice, endpoint, reason} = error
    return [{message: `Can't build with Docker at ${endpoint}: ${reason}.`, fix: advice}]
  }

  return [{message: describeError(error)}]
}
