import {ApiError, invalidParams} from '../api/errors.js'
import type {Platform} from '../platform.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import type {Dyno} from './dyno.js'
import {commandFor} from './launch.js'
import {sizeNamed} from './sizes.js'

const longestTtlSeconds = 86_400

/**
 * A detached one-off dyno on the current release (platform-facts §5.1). Its type chooses the image, web's by default.
 * @throws ApiError 422 without a command or without an image
 */
export function runDetached(platform: Platform, app: AppState, body: Record<string, unknown>): Dyno {
  const {command, env = {}, size, time_to_live: ttl, type = 'run'} = body
  if (typeof command !== 'string' || command === '') throw invalidParams('Command is required.')
  if (typeof type !== 'string' || type.includes('.')) throw invalidParams('Type is invalid.')
  const release = currentRelease(app)
  const imageOf = release?.images[type] ? type : 'web'
  if (!release?.images[imageOf])
    throw new ApiError(422, 'invalid_params', 'This app has no release that can run a dyno.')
  const dynos = platform.dynos(app)
  const name = dynos.oneOffName(type)
  const log = platform.log(app.name)
  log.write('app', 'api', `Starting process with command \`${command}\` by user ${platform.state.account.email}`)
  const dyno = dynos.runOneOff({
    name,
    type: imageOf,
    shownAs: type,
    release,
    command: expandFirstWord(platform, app, command),
    env: stringsOf(env),
    size: sizeNamed(typeof size === 'string' ? size : (app.formation[imageOf]?.size ?? 'Standard-1X')),
  })
  const seconds = typeof ttl === 'number' ? Math.min(ttl, longestTtlSeconds) : longestTtlSeconds
  const cancel = platform.time.after(seconds * 1000, () => void dyno.process.stop())
  void dyno.process.exited.then(cancel)
  return dyno
}

/** The first word is looked up as a process type and replaced by its command (platform-facts §5.1). */
function expandFirstWord(platform: Platform, app: AppState, command: string): string {
  const [first = '', ...rest] = command.split(' ')
  const release = currentRelease(app)
  return release?.images[first] ? [commandFor(platform, release, first), ...rest].join(' ') : command
}

function stringsOf(env: unknown): Record<string, string> {
  const entries = Object.entries(env ?? {})
  const bad = entries.find(([name, value]) => !/^\w+$/.test(name) || typeof value !== 'string')
  if (bad) throw invalidParams('Env must be a hash of strings.')
  return Object.fromEntries(entries)
}
