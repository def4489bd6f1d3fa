/** A formation has at most 255 dynos of a type (platform-facts §3.2); numbers of one-off dynos have four digits (§5.1). */
const MOST_DYNOS = 255

/**
 * The process type of a dyno of the formation: `worker` of `worker.1`. Undefined for `router` and `api`, and for dynos that come
 * and go by themselves, `run --type=worker` with its `worker.5180` included (platform-facts §3.6).
 */
export function typeOfDyno(name: string): string | undefined {
  const [, type = '', number] = /^(.+)\.(\d+)$/.exec(name) ?? []
  if (!type || ['release', 'run', 'scheduler'].includes(type)) return undefined
  return Number(number) <= MOST_DYNOS ? type : undefined
}
