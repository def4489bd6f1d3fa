import {ApiError, invalidParams} from '../api/errors.js'
import type {Dyno} from '../formation/dyno.js'
import {commandFor} from '../formation/launch.js'
import type {Platform} from '../platform.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import {openAttachment} from './attachment.js'
import {checkOneOffLimit, oneOffSize} from './size.js'

const longestTtlSeconds = 86_400

/**
 * A one-off dyno on the current release, attached or detached (platform-facts §5.1). Its type chooses the image, web's by
 * default.
 * @throws ApiError 422 without a command or an image, for what cannot be, and above the limit
 */
export function createOneOff(platform: Platform, app: AppState, body: Record<string, unknown>): Dyno {
  const {attach, command, env, force_no_tty: noTty, size: sizeWish, time_to_live: ttl} = body
  if (typeof command !== 'string' || command === '') throw invalidParams('Command is required.')
  const type = body.type ?? 'run'
  if (typeof type !== 'string' || type.includes('.')) throw invalidParams('Type is invalid.')
  const release = currentRelease(app)
  const imageOf = release?.images[type] ? type : 'web'
  if (!release?.images[imageOf])
    throw new ApiError(422, 'invalid_params', 'This app has no release that can run a dyno.')
  const dynos = platform.dynos(app)
  const size = oneOffSize(app, sizeWish)
  checkOneOffLimit(size, dynos.oneOffs())
  const wish = {env: stringsOf(env), command: expandFirstWord(platform, app, command), seconds: secondsOf(ttl)}
  const name = dynos.oneOffName(type)
  const log = platform.log(app.name)
  log.write('app', 'api', `Starting process with command \`${command}\` by user ${platform.state.account.email}`)
  const attachment = attach === true ? openAttachment(platform, app, {name, tty: noTty !== true}) : undefined
  const dyno = dynos.runOneOff({
    name,
    type: imageOf,
    shownAs: type,
    release,
    command: wish.command,
    env: wish.env,
    size,
    oneOff: true,
    ...(attachment && {attachment}),
  })
  const cancel = platform.time.after(wish.seconds * 1000, () => dynos.stop(dyno))
  void dyno.process.exited.then(() => {
    cancel()
    attachment?.close()
  })
  return dyno
}

/** The first word is looked up as a process type and replaced by its command (platform-facts §5.1). */
function expandFirstWord(platform: Platform, app: AppState, command: string): string {
  const [first = '', ...rest] = command.split(' ')
  const release = currentRelease(app)
  return release?.images[first] ? [commandFor(platform, release, first), ...rest].join(' ') : command
}

/** Numbers too: on a terminal the stock CLI sends COLUMNS and LINES as such, though the schema says strings. */
function stringsOf(env: unknown): Record<string, string> {
  const entries = Object.entries(env ?? {})
  const bad = entries.find(([name, value]) => !/^\w+$/.test(name) || !['number', 'string'].includes(typeof value))
  if (bad) throw invalidParams('Env must be a hash of strings.')
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

function secondsOf(ttl: unknown): number {
  if (ttl === undefined || ttl === null) return longestTtlSeconds
  if (typeof ttl === 'number' && Number.isInteger(ttl) && ttl > 0 && ttl <= longestTtlSeconds) return ttl
  throw invalidParams(`Time to live must be an integer between 1 and ${longestTtlSeconds}.`)
}
