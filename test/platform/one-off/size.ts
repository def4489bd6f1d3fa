import {ApiError, invalidParams} from '../api/errors.js'
import {sizeNamed} from '../formation/sizes.js'
import type {AppState} from '../state/types.js'

/**
 * The size of a one-off dyno: Standard-1X unless asked for (official schema), or what an Eco or Basic app runs on.
 * @throws ApiError 422 for a size that does not exist or does not fit the app's tier (platform-facts §3.2, §5.1)
 */
export function oneOffSize(app: AppState, wish: unknown): string {
  const inUse = new Set(Object.values(app.formation).map(({size}) => size))
  const eco = inUse.has('Eco')
  const ownSize = eco ? 'Eco' : inUse.size === 1 && inUse.has('Basic') ? 'Basic' : 'Standard-1X'
  if (wish === undefined || wish === null) return ownSize
  if (typeof wish !== 'string') throw invalidParams('Size is invalid.')
  const size = sizeNamed(wish)
  const others = [...inUse].filter((other) => other !== size)
  const mixed = inUse.size > 0 && (size === 'Eco') !== eco
  if (mixed || size.startsWith('Private-')) {
    throw invalidParams(`Cannot use the following dyno types in the same app: ${[...others, size].join(', ')}.`)
  }

  return size
}

/** @throws ApiError 422 when as many one-off dynos of its kind run as may (platform-facts §3.2) */
export function checkOneOffLimit(size: string, running: Array<{size: string}>): void {
  const performance = size.startsWith('Performance-')
  const limit = performance ? 5 : 50
  if (running.filter((dyno) => dyno.size.startsWith('Performance-') === performance).length < limit) return
  throw new ApiError(422, 'cannot_run_above_limit', `Cannot run more than ${limit} ${size} size dynos.`, {
    limit,
    size,
    url: 'https://devcenter.heroku.com/articles/limits',
  })
}
