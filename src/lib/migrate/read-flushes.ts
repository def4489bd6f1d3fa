import type {Reason} from '../app/refused.js'
import {listOf} from '../app/words.js'
import {FlushCacheError} from '../cache/errors.js'
import {parseFlushCache, type RedisTarget, redisTargets} from '../cache/parse-flush-cache.js'
import {messageOf} from '../run/errors.js'
import type {FlushFacts} from './facts.js'

/** What is to be flushed, as the flags say it. */
export type FlushRequest = {
  commands: string[]
  caches: string[]
  /** Redis glob, for the Redis caches. */
  match?: string
  force: boolean
}

/** Preflight is not to wait long for a cache, and a million keys say enough about the rest. */
const LOOK = {deadlineMs: 10_000, maxKeys: 1_000_000}

/**
 * What will be flushed, and why it must not be: a Redis that holds job queues or sessions, or that can't be looked at, is
 * refused unless forced. For commands every Redis of the app counts: `Rails.cache.clear` may empty it (platform-facts §7).
 * @param vars the config vars of the app, read just now
 */
export async function readFlushes(
  request: FlushRequest,
  vars: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{flushes: FlushFacts[]; reasons: Reason[]}> {
  const {commands, force, match} = request
  const reasons: Reason[] = []
  const looks: Array<{target: RedisTarget; match?: string; flag: string}> = []
  const flushes: FlushFacts[] = commands.map((what) => ({by: 'command', what, command: {command: what}}))
  for (const what of request.caches) {
    try {
      const target = parseFlushCache(what, vars)
      if (target.kind === 'memcached') flushes.push({by: 'memcachier', what})
      else {
        const only = match === undefined ? {} : {match}
        flushes.push({by: 'redis', what, configVar: target.variable, ...only})
        looks.push({target, ...only, flag: `--flush-cache ${what}`})
      }
    } catch (error) {
      if (!(error instanceof FlushCacheError)) throw error
      reasons.push({message: error.message})
    }
  }

  if (commands.length > 0) {
    const flag = commands.length === 1 ? `--flush-command "${commands[0]}"` : 'the flush commands'
    looks.push(...redisTargets(vars).map((target) => ({target, flag})))
  }

  const found = force ? [] : await Promise.all(looks.map((look) => lookAt(look, signal)))
  return {flushes, reasons: [...reasons, ...found.filter((reason) => reason !== undefined)]}
}

async function lookAt(
  {flag, match, target}: {target: RedisTarget; match?: string; flag: string},
  signal: AbortSignal,
): Promise<Reason | undefined> {
  const {inspectRedis} = await import('../cache/inspect-redis.js')
  const only = match === undefined ? {} : {match}
  const fix = `If nothing of it matters: --force-flush${match === undefined ? '. To flush some keys only: --flush-match GLOB' : ''}`
  try {
    const {cutShort, evidence, verdict} = await inspectRedis(target.url, {...LOOK, ...only, signal})
    if (verdict === 'clear') return undefined
    if (verdict === 'holds')
      return {message: `${flag} would take more than a cache: ${target.variable} holds ${listOf(evidence)}.`, fix}
    return {message: `${flag}: can't tell what ${target.variable} holds besides a cache: ${cutShort}.`, fix}
  } catch (error) {
    signal.throwIfAborted()
    return {
      message: `${flag}: can't look whether ${target.variable} holds queues or sessions: ${messageOf(error)}.`,
      fix,
    }
  }
}
