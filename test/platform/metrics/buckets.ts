import {ApiError} from '../api/errors.js'

/** Starts of the buckets a metrics answer has, in milliseconds since 1970. The one at `end` is only begun (platform-facts §8.7). */
export type Buckets = {bucketMs: number; starts: number[]; start: number; end: number}

const minute = 60_000
const hour = 60 * minute
/** How far back each resolution reaches, as on the Dashboard [M] (platform-facts §8.7). */
const steps: Record<string, {bucketMs: number; reachMs: number}> = {
  '1m': {bucketMs: minute, reachMs: 2 * hour},
  '10m': {bucketMs: 10 * minute, reachMs: 24 * hour},
  '1h': {bucketMs: hour, reachMs: 72 * hour},
  '2h': {bucketMs: 2 * hour, reachMs: 7 * 24 * hour},
}

/** @throws ApiError 400 for a step or a time that is not supported; the words are ours */
export function bucketsOf(query: URLSearchParams, size: string, now: number): Buckets {
  const name = query.get('step') ?? ''
  const step = steps[name]
  // Basic dynos: 10 minutes and 24 hours (platform-facts §8.7).
  if (!step || (size === 'Basic' && name !== '10m')) throw badRequest('invalid step provided')
  const end = Date.parse(query.get('end_time') ?? '')
  const start = Date.parse(query.get('start_time') ?? '')
  if (!(start <= end)) throw badRequest('invalid start_time or end_time provided')
  const {bucketMs, reachMs} = step
  const first = Math.floor(Math.max(start, now - reachMs) / bucketMs) * bucketMs
  const starts: number[] = []
  for (let at = first; at <= end; at += bucketMs) starts.push(at)
  return {bucketMs, starts, start: first, end: Math.max(first, Math.floor(end / bucketMs) * bucketMs)}
}

export const badRequest = (message: string): ApiError => new ApiError(400, 'bad_request', message)
