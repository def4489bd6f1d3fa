import {StepError} from '../../run/errors.js'
import {messageOf} from '../../run/errors.js'
import type {Step, StepContext} from '../../run/step.js'
import {parseFlushCache} from '../../cache/parse-flush-cache.js'
import type {FlushFacts, WindowFacts} from '../facts.js'
import {runCommand} from '../one-off/run-command.js'
import type {WindowServices} from '../services.js'

type Context = StepContext & WindowServices

/** A large Redis takes its time; a flush command boots the app first. */
const CACHE_MS = 60_000
const COMMAND_MS = 10 * 60_000

/**
 * Empties the caches one after the other, after the migration and before anyone is let in. One that fails is a warning, with
 * `--flush-required` a hold; the others are flushed all the same.
 */
export function flushCaches(facts: WindowFacts): Step<WindowServices, null, {failed: string[]}> {
  const {flushes, flushRequired} = facts
  return {
    id: 'flush',
    title: `Flush ${flushes.length === 1 ? flushes[0]!.what : `${flushes.length} caches`}`,
    failsAs: 'flush',
    async run(_seen, ctx) {
      const failed: string[] = []
      for (const flush of flushes) {
        ctx.progress({item: flush.what, message: 'flushing'})
        try {
          const said = await flushOne(flush, facts, ctx)
          ctx.progress({item: flush.what, message: said, done: 'ok'})
        } catch (error) {
          ctx.signal.throwIfAborted()
          ctx.progress({item: flush.what, message: 'not flushed', done: 'failed'})
          failed.push(`${flush.what}: ${messageOf(error)}`)
        }
      }

      if (failed.length > 0 && flushRequired) throw new StepError('flush', `Not flushed: ${failed.join('; ')}`)
      for (const why of failed) ctx.warn(`Not flushed, and stale entries may be served: ${why}`)
      return {failed}
    },
    byHand(_seen, result) {
      if (result?.failed.length === 0) return undefined
      return {
        what: `The caches are not flushed: ${result?.failed.join('; ') ?? flushes.map(({what}) => what).join(', ')}.`,
      }
    },
    summary: ({failed}) => (failed.length > 0 ? `${failed.length} of ${flushes.length} not flushed` : undefined),
  }
}

/** What came of it, in two words. Credentials are read now: Heroku rotates them (platform-facts §7). */
async function flushOne(flush: FlushFacts, facts: WindowFacts, ctx: Context): Promise<string> {
  const app = facts.app.name
  if (flush.by === 'command') {
    await runCommand({app, command: flush.command, timeoutMs: COMMAND_MS}, ctx)
    return 'flushed'
  }

  const target = parseFlushCache(flush.what, await ctx.platform.configVars(app))
  const limits = {deadlineMs: CACHE_MS, signal: ctx.signal}
  if (target.kind === 'memcached') {
    const {flushMemcached} = await import('../../cache/flush-memcached.js')
    const {flushed} = await flushMemcached(target, limits)
    return `${flushed.length} ${flushed.length === 1 ? 'server' : 'servers'} flushed`
  }

  const {flushRedis} = await import('../../cache/flush-redis.js')
  const match = flush.by === 'redis' && flush.match !== undefined ? {match: flush.match} : {}
  const onProgress = (removed: number): void =>
    ctx.progress({item: flush.what, message: 'keys removed', current: removed, unit: 'steps'})
  const {left, removed} = await flushRedis(target.url, {...limits, ...match, onProgress})
  if (left > 0) ctx.warn(`${flush.what} holds ${left} keys again right after the flush: somebody is writing them.`)
  return removed === 'all' ? 'emptied' : `${removed} keys removed`
}
