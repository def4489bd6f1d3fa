import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {newId, now} from './ids.js'
import type {PlatformState} from './types.js'

/** A platform on which nobody has done anything yet. */
export function newState(): PlatformState {
  return {
    version: 1,
    apiKey: newId(),
    account: {id: newId(), email: 'founder@example.com', createdAt: now()},
    apps: [],
    addons: [],
    attachments: [],
    transfers: [],
    schedules: [],
  }
}

/** The state in this file; undefined when there is none. What was on its way when the platform stopped, has failed. */
export function readState(file: string): PlatformState | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }

  const state = JSON.parse(text) as PlatformState
  if (state.version !== 1) throw new Error(`Can't read ${file}: it is not a state of this local Heroku`)
  for (const release of state.apps.flatMap((app) => app.releases)) {
    if (release.status === 'pending') release.status = 'failed'
  }

  state.transfers ??= []
  state.schedules ??= []
  for (const transfer of state.transfers.filter(({finishedAt}) => !finishedAt)) {
    const at = new Date().toISOString()
    Object.assign(transfer, {succeeded: false, finishedAt: at})
    transfer.logs.push({at, level: 'error', message: 'The platform was stopped'})
  }

  return state
}

/** Written beside and renamed: a reader never sees half a state. */
export function writeState(file: string, state: PlatformState): void {
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), {mode: 0o600})
  renameSync(`${file}.new`, file)
}
