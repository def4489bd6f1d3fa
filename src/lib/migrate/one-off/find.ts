import {PlatformError} from '../../heroku/errors.js'
import {abortable} from '../../run/abortable.js'
import type {OneOffContext} from './types.js'
import {MARKER} from './wrap.js'

type Reading = Pick<OneOffContext, 'platform' | 'signal'>

/** The name of the dyno whose command has this nonce; undefined when none is listed. */
export async function findListed(app: string, nonce: string, {platform, signal}: Reading): Promise<string | undefined> {
  const dynos = await abortable(platform.dynos(app), signal)
  return dynos.find(({command}) => command.includes(nonce))?.name
}

/**
 * The same for one that may be gone already: whatever the log still holds of it names it (platform-facts §5.3).
 * @throws PlatformError where logs are refused
 */
export async function findInLog(app: string, nonce: string, {platform, signal}: Reading): Promise<string | undefined> {
  for await (const {dyno, source, text} of platform.logs(app, {lines: 1500, tail: false, signal})) {
    const started = source === 'heroku' && text.startsWith('Starting process with command') && text.includes(nonce)
    if (started || (source === 'app' && text.startsWith(`${MARKER} ${nonce} `))) return dyno
  }

  signal.throwIfAborted()
  return undefined
}

/** Wherever it is found; undefined when it is neither listed nor in the log, or when there is no log to read. */
export async function findOneOff(app: string, nonce: string, reading: Reading): Promise<string | undefined> {
  const listed = await findListed(app, nonce, reading)
  if (listed !== undefined) return listed
  return findInLog(app, nonce, reading).catch((error: unknown) => {
    reading.signal.throwIfAborted()
    if (error instanceof PlatformError) return undefined
    throw error
  })
}
