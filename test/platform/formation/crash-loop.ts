const minute = 60_000
const longestMs = 24 * 60 * minute

/** How long a dyno that has crashed this often waits before it starts again: at once, then 10 minutes and more (platform-facts §3.5). */
export const coolOffMs = (crashes: number): number =>
  crashes <= 1 ? 0 : Math.min(10 * minute * 2 ** (crashes - 2), longestMs)
