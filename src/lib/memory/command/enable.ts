import {describeError, OutcomeUnknown} from '../../heroku/errors.js'
import {RUNTIME_METRICS} from '../../heroku/memory-api.js'
import type {Left} from '../../run/events.js'
import type {MemoryServices} from '../sources/services.js'

/** What `--json` prints of `--enable`. */
export type EnableReport = {
  outcome: 'done' | 'failed' | 'unchanged'
  exitCode: 0 | 1
  app: string
  message: string
  left: Left[]
}

/** Makes the dynos of an app log their memory; nothing restarts by itself (platform-facts §8.3). Never throws what Heroku refuses. */
export async function enableMetrics({memory, platform}: MemoryServices, app: string): Promise<EnableReport> {
  const restart = {
    what: 'Dynos that started before log nothing; they must restart, which you may do when it suits.',
    command: `heroku ps:restart --app ${app}`,
  }
  try {
    if (await memory.metricsLogged(app)) {
      const message = `${RUNTIME_METRICS} is on already for ${app}.`
      return {outcome: 'unchanged', exitCode: 0, app, message, left: []}
    }

    const lost = await platform.setFeature(app, RUNTIME_METRICS, true).then(() => undefined, ifUnknown)
    if (!(await memory.metricsLogged(app))) {
      const message = lost ? describeError(lost) : `Heroku took ${RUNTIME_METRICS} for ${app}, and it is still off.`
      return {outcome: 'failed', exitCode: 1, app, message, left: []}
    }

    const message = `${RUNTIME_METRICS} is on for ${app}. ${restart.what}\n  ${restart.command}`
    return {outcome: 'done', exitCode: 0, app, message, left: [restart]}
  } catch (error) {
    return {outcome: 'failed', exitCode: 1, app, message: describeError(error), left: []}
  }
}

/** Whether a write whose answer was lost has happened is seen afterwards. */
function ifUnknown(error: unknown): OutcomeUnknown {
  if (error instanceof OutcomeUnknown) return error
  throw error
}
