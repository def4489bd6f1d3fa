import {mkdirSync} from 'node:fs'
import path from 'node:path'
import {Faults} from './api/faults.js'
import {RateLimit} from './api/rate-limit.js'
import {RunningTransfers} from './data/run-transfer.js'
import {DynoManager} from './formation/dyno-manager.js'
import type {PlatformOptions} from './index.js'
import {defaultKnobs} from './knobs.js'
import {AppLog} from './logs/app-log.js'
import {Rendezvous} from './one-off/rendezvous.js'
import type {Platform} from './platform.js'
import {ImageStore} from './registry/image-store.js'
import {AppListeners} from './router/app-listeners.js'
import {newState, readState, writeState} from './state/state-file.js'
import {PlatformTime} from './time.js'

/** The parts of a platform that does not listen yet; without a state file its images live in `scratch`. */
export function newPlatform({apiKey, postgres, speed = 1, stateFile}: PlatformOptions, scratch: string): Platform {
  const images = stateFile ? `${stateFile}.images` : path.join(scratch, 'images')
  const backups = stateFile ? `${stateFile}.backups` : path.join(scratch, 'backups')
  for (const folder of [images, backups]) mkdirSync(folder, {recursive: true})
  const state = (stateFile && readState(stateFile)) || newState()
  const logs = perName(() => new AppLog())
  const knobs = perName(defaultKnobs)
  const managers = new Map<string, DynoManager>()
  const platform: Platform = {
    state,
    images: new ImageStore(images),
    apiKey: apiKey ?? state.apiKey,
    faults: new Faults(),
    rateLimit: new RateLimit(),
    time: new PlatformTime(speed),
    rendezvous: new Rendezvous(),
    logSessions: new Map(),
    streams: new Map(),
    url: '',
    scratch,
    listeners: new AppListeners(),
    backups,
    transfers: new RunningTransfers(),
    postgresUrl: postgres?.url,
    log: logs,
    knobs,
    dynos(app) {
      const manager = managers.get(app.id) ?? new DynoManager(platform, app)
      managers.set(app.id, manager)
      return manager
    },
    webUrl: (app) => `http://127.0.0.1:${app.routerPort}`,
    changed() {
      if (stateFile) writeState(stateFile, state)
    },
  }
  return platform
}

function perName<T>(make: () => T): (name: string) => T {
  const made = new Map<string, T>()
  return (name) => {
    const known = made.get(name) ?? make()
    made.set(name, known)
    return known
  }
}
