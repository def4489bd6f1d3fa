import {type HealthWanted, healthUrl, shownUrl} from '../config/health.js'
import {judgeHealth} from '../health/judge.js'
import type {Probe} from '../health/types.js'
import type {Clock} from '../run/clock.js'
import type {HealthFacts} from './facts.js'

/** A preflight that a dead site holds up is no help: three times this, in ms, is the longest it takes. */
const ASK_MS = 10_000
const TRIES = 3
const BETWEEN_MS = 1000

/** What the steps of a health check work with. `healthCheck` is as the user wrote it, credentials included: no fact. */
export type HealthServices = {probe: Probe; healthCheck?: string}

/**
 * Makes the request of the health check before anything is changed (design §4.12): what fails now and fails the same way after
 * the lift (DNS, basic auth, lists of hosts or addresses) is told, and is no reason to roll back. The header is not looked for:
 * the new code has it. One good answer of three is enough, because a moment's trouble must excuse nothing later. `nothingServes`
 * says why no answer is to be had at all ("web is scaled to 0"): then a failure after the lift is this ship's.
 * Undefined for a path of an app that has no address.
 */
export async function readHealth(
  wanted: HealthWanted,
  app: {webUrl?: string; nothingServes?: string},
  {clock, probe, signal}: {clock: Clock; probe: Probe; signal: AbortSignal},
): Promise<HealthFacts | undefined> {
  const {check, header, ...rest} = wanted
  const url = healthUrl(check, app.webUrl)
  if (url === undefined) return undefined
  const facts = {...rest, url: shownUrl(url), ...(header ? {header} : {})}
  if (app.nothingServes) return {...facts, baseline: {ok: true, said: `not asked: ${app.nothingServes}`}}

  for (let tries = 1; ; tries++) {
    const host = wanted.host === undefined ? {} : {host: wanted.host}
    const answer = await probe({url, ...host, timeoutMs: ASK_MS, signal})
    const {ok, said} = judgeHealth({expect: wanted.expect}, answer)
    if (ok || tries === TRIES) return {...facts, baseline: {ok, said}}
    await clock.sleep(BETWEEN_MS, signal)
  }
}

/** For the plan, before the first effect. */
export function baselineNotes({baseline, url}: HealthFacts): string[] {
  if (baseline.ok) return []
  return [
    `The health check fails already: ${url}: ${baseline.said}. If it is the same in the end, nothing is rolled back for it.`,
  ]
}
