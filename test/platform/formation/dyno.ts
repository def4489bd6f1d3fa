import type {DynoState} from '../dynos/dyno-run.js'
import {sampleMemory} from '../metrics/samples.js'
import type {Platform} from '../platform.js'
import {newId, now} from '../state/ids.js'
import type {AppState, ReleaseState} from '../state/types.js'
import {launch, type Launch, type LaunchedDyno} from './launch.js'

/** A dyno as `GET /dynos` shows it, and the process behind it. */
export type Dyno = {
  id: string
  name: string
  type: string
  release: ReleaseState
  size: string
  command: string
  /** Of an attached one-off dyno. */
  attachUrl: string | null
  state: DynoState
  createdAt: string
  updatedAt: string
  process: LaunchedDyno
  /** Its memory goes to the log. */
  sampled?: boolean
}

export type DynoWish = Omit<Launch, 'name' | 'onState'> & {
  name: string
  /** How the dyno is shown: its image may be another type's (`run` has web's). */
  shownAs?: string
  size: string
  onState?(state: DynoState, dyno: Dyno): void
}

export function startDynoOf(platform: Platform, app: AppState, wish: DynoWish): Dyno {
  const at = now()
  const dyno: Dyno = {
    id: newId(),
    name: wish.name,
    type: wish.shownAs ?? wish.type,
    release: wish.release,
    size: wish.size,
    command: '',
    attachUrl: wish.attachment?.url ?? null,
    state: 'starting',
    createdAt: at,
    updatedAt: at,
    process: undefined as unknown as LaunchedDyno,
  }
  dyno.process = launch(platform, app, {
    ...wish,
    onState(state) {
      dyno.state = state
      dyno.updatedAt = now()
      wish.onState?.(state, dyno)
    },
  })
  dyno.command = dyno.process.command
  sampleMemory(platform, app, dyno)
  return dyno
}
