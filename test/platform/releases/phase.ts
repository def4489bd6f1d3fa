import type {Platform} from '../platform.js'
import {newId} from '../state/ids.js'
import type {AppState, ReleaseState} from '../state/types.js'
import {OutputStream} from './output-stream.js'

/** Not extendable, counts as failure (platform-facts §1.8). */
const timeoutMs = 60 * 60 * 1000

/** Runs the release's own command in `release.NNNN`; calls back with how it ended, unless the knob loses that event. */
export function runReleasePhase(
  platform: Platform,
  app: AppState,
  release: ReleaseState,
  onEnd: (status: 'failed' | 'succeeded') => void,
): void {
  const dynos = platform.dynos(app)
  const stream = new OutputStream(platform.knobs(app.name))
  release.streamId = newId()
  platform.streams.set(release.streamId, stream)
  platform.log(app.name).write('app', 'api', `Running release v${release.version} commands by user ${release.user}`)
  const dyno = dynos.runOneOff({
    name: dynos.oneOffName('release'),
    type: 'release',
    release,
    size: app.formation.release?.size ?? 'Standard-1X',
    onOutput: (text) => stream.write(`${text}\n`),
  })
  const cancelTimeout = platform.time.after(timeoutMs, () => void dyno.process.stop())
  void dyno.process.exited.then((status) => {
    cancelTimeout()
    stream.end()
    if (!platform.knobs(app.name).releaseStaysPending) onEnd(status === 0 ? 'succeeded' : 'failed')
  })
}
