type Env = Record<string, string | undefined>
type Stream = {isTTY?: boolean; columns?: number}

/** The narrowest screen that shows anything useful; a pty of CI systems has 0 columns. */
const NARROWEST = 40

/** The rule of `is-in-ci`, which Ink follows too, for an environment that is given instead of the process's own. */
export const inCi = (env: Env): boolean =>
  ['CI', 'CONTINUOUS_INTEGRATION'].some((name) => ![undefined, '0', 'false'].includes(env[name]))

/** Whether text for this stream may carry colours: FORCE_COLOR decides, then NO_COLOR, then a terminal outside CI does. */
export function wantsColour(stream: Stream, env: Env): boolean {
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR)
  if (env.NO_COLOR) return false
  return stream.isTTY === true && env.TERM !== 'dumb' && !inCi(env)
}

/** Whether a live screen can be drawn: both ends are a person's terminal, wide enough and able to move its cursor. */
export function canDraw({stdout, stderr, env}: {stdout: Stream; stderr: Stream; env: Env}): boolean {
  const terminal = stdout.isTTY === true && stderr.isTTY === true && env.TERM !== 'dumb'
  // Lines that never change are what a screen reader can read; this is how Ink is told of one.
  const seen = env.INK_SCREEN_READER !== 'true'
  return terminal && seen && !inCi(env) && (stderr.columns ?? 0) >= NARROWEST
}

/**
 * Whether a terminal that gets narrower wraps the lines it shows anew. Nearly all do; these three cut them off, and to
 * count rows they do not have would erase what stands above.
 */
export const reflows = (env: Env): boolean =>
  env.TERM !== 'linux' && (Boolean(env.TMUX) || !(env.XTERM_VERSION || env.STY))
