import {healthUrl} from '../../config/health.js'
import {type Judgement, judgeHealth} from '../../health/judge.js'
import {abortable} from '../../run/abortable.js'
import {messageOf, StepError} from '../../run/errors.js'
import type {Step, StepContext} from '../../run/step.js'
import type {HealthFacts, WindowFacts} from '../facts.js'
import type {HealthServices} from '../health-baseline.js'
import type {WindowServices} from '../services.js'
import {setMaintenance} from './maintenance.js'

/** In a row: one good answer may come from the one dyno that is well, or from before a crash. */
const SUCCESSES = 3
const BETWEEN_MS = 1000
/** The router gives up on a request then (H12, platform-facts §4): what comes later no visitor sees. */
const ANSWER_MS = 30_000
/** "About 3 min" after a release preboot switches to the new dynos, boot timeout and 2 min (platform-facts §3.4); and a margin. */
const SWITCH_MS = 190_000
/** While old dynos answer, nothing is in a hurry. */
const WAITING_MS = 5000

type Context = StepContext & HealthServices & WindowServices

/** `status` of the last answer, null when there was none; `unproven`: why nothing was proven, and yet nothing is wrong. */
export type Healthy = {ms: number; status: number | null; unproven?: string}

/**
 * Asks the app from outside until it answers three times in a row as it should, at most `timeoutMs`; a series that has begun is
 * finished (design §4.12). With preboot and no window around the release the old dynos answer until the switch: nothing counts
 * before it, unless the answer has the header by which the new code is known. For facts with `health`.
 */
export function checkHealth(facts: WindowFacts): Step<HealthServices & WindowServices, null, Healthy> {
  const health = facts.health!
  return {
    id: 'health',
    title: `Check the health of ${health.url}`,
    failsAs: 'unhealthy',
    async run(_seen, ctx) {
      try {
        return await prove(ctx)
      } catch (error) {
        if (!(error instanceof StepError) || !shuts(facts)) throw error
        throw await shut(facts, error, ctx)
      }
    },
    summary: ({ms, status, unproven}) =>
      unproven ? `not proven: ${unproven}` : `${status} three times in a row, after ${Math.round(ms / 1000)} s`,
  }

  async function prove(ctx: Context): Promise<Healthy> {
    const {app} = facts
    const url = (ctx.healthCheck && healthUrl(ctx.healthCheck, app.webUrl)) ?? health.url
    const begun = ctx.clock.now()
    if (facts.maintenance === 'keep' && facts.state.maintenance)
      return tell({ms: 0, status: null, unproven: 'maintenance stays on, so nobody gets through'}, health, ctx)
    const switched = begun + (ctx.resultOf('release') === undefined ? 0 : untilSwitch(facts))
    const deadline = switched + health.timeoutMs
    let lookedAtWeb = false
    for (let good = 0; ;) {
      const early = switched - ctx.clock.now()
      if (early > 0 && !health.header) {
        ctx.progress({message: `the old dynos may still answer, for ${Math.ceil(early / 1000)} s`})
        await ctx.clock.sleep(Math.min(WAITING_MS, early), ctx.signal)
        continue
      }

      const {status, verdict} = await ask(url, health, deadline, ctx)
      const end = {ms: ctx.clock.now() - begun, status}
      good = verdict.ok ? good + 1 : 0
      if (good === SUCCESSES) return end
      if (!verdict.ok && !lookedAtWeb && status === 503 && !verdict.maintenance && early <= 0) {
        lookedAtWeb = true
        const unproven = await whyNobodyAnswers(app.name, ctx)
        if (unproven) return tell({...end, unproven}, health, ctx)
      }

      if (!verdict.ok && ctx.clock.now() >= deadline) return judgeInTheEnd(verdict, end, health, ctx)
      const message = verdict.ok ? `${verdict.said}, ${good} of ${SUCCESSES}` : `${verdict.said}; asking again`
      ctx.progress({message})
      await ctx.clock.sleep(early > 0 && !verdict.ok ? WAITING_MS : BETWEEN_MS, ctx.signal)
    }
  }
}

/** What was migrated is held, or taken back, behind maintenance (design §4, failure policy). */
const shuts = ({maintenance, migration, releasePhase}: WindowFacts): boolean =>
  maintenance === 'set' && (migration !== undefined || releasePhase === true)

/** Maintenance goes on again, as the opener had it; the error says what stands now. */
async function shut({app}: WindowFacts, error: StepError, ctx: Context): Promise<StepError> {
  const {failsAs, message} = error
  try {
    await setMaintenance(app.name, true, ctx)
  } catch (error_) {
    return new StepError(failsAs, `${message}; maintenance mode could not be turned on again: ${messageOf(error_)}`)
  }

  ctx.downtime(true)
  return new StepError(failsAs, `${message}; maintenance mode is on again`, {standing: ['maintenance-on']})
}

/**
 * How long old dynos may still answer, in ms. The wait before this step has taken its stable time at least; more is not taken off,
 * because when the release was made is told by Heroku's clock, and ours may be another.
 */
function untilSwitch({maintenance, preboot, stableForMs}: WindowFacts): number {
  return preboot && maintenance === 'none' ? Math.max(0, SWITCH_MS - stableForMs) : 0
}

async function ask(url: string, health: HealthFacts, deadline: number, {clock, probe, signal}: Context) {
  const left = deadline - clock.now()
  const timeoutMs = Math.min(ANSWER_MS, Math.max(BETWEEN_MS, left))
  const host = health.host === undefined ? {} : {host: health.host}
  const answer = await abortable(probe({url, ...host, timeoutMs, signal}), signal)
  const status = 'noAnswer' in answer ? null : answer.status
  return {status, verdict: judgeHealth(health, answer)}
}

/** Nobody can answer when web is scaled to 0, which is as the user has it. */
async function whyNobodyAnswers(app: string, {platform, signal}: Context): Promise<string | undefined> {
  const formation = await abortable(platform.formation(app), signal).catch(() => [])
  signal.throwIfAborted()
  const web = formation.find(({type}) => type === 'web')
  return web?.quantity === 0 ? 'web is scaled to 0, so nothing can answer' : undefined
}

/** What had failed the same way before is told, and nothing is undone for it. */
function judgeInTheEnd({said}: Judgement, end: Healthy, health: HealthFacts, ctx: Context): Healthy {
  const {baseline, timeoutMs, url} = health
  if (!baseline.ok && baseline.said === said) return tell({...end, unproven: `it ${said}, as before`}, health, ctx)
  throw new StepError('unhealthy', `${url} is not healthy after ${Math.round(timeoutMs / 1000)} s: ${said}`)
}

function tell(healthy: Healthy & {unproven: string}, {url}: HealthFacts, {warn}: Context): Healthy {
  warn(`The health of ${url} is not proven: ${healthy.unproven}.`)
  return healthy
}
