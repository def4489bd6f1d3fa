import {OutcomeUnknown, PlatformError} from '../../src/lib/heroku/errors.js'
import type {Dyno, Platform, ProcessType, Release} from '../../src/lib/heroku/types.js'
import {shortDigest} from '../../src/lib/app/words.js'
import {release} from './facts.js'

/** What the fake platform does badly. */
export type Trouble = {
  /** The answer to this write is lost: before or after its effect. */
  lost?: {write: 'release' | 'rollback'; effect: boolean}
  /** Heroku says no. */
  refuses?: 'release' | 'rollback'
  /** New releases stay pending for so many reads; Infinity = for ever. */
  pendingReads?: number
  /** The release phase ends so. */
  phaseFails?: boolean
  /** Nothing can be read any more once the release has been asked for. */
  blind?: boolean
  /** Dynos of a release with this image crash. */
  crashes?: string
  /** A release of somebody else, as soon as ours is there. */
  foreign?: boolean
}

/** An app in memory: releases with their images, and writes counted. The clock of the tests moves it, nothing else. */
export type FakePlatform = Platform & {
  releases: Array<Release & {images: Record<string, string>}>
  writes: string[]
  current(): Release & {images: Record<string, string>}
}

const lost = (method: string): OutcomeUnknown => {
  return new OutcomeUnknown({method, path: '/apps/example-app', cause: new Error('the connection was cut')})
}

const notHere = (): never => {
  throw new Error('a ship without a window does not ask for this')
}

export function fakePlatform(
  quantities: Record<string, number>,
  images: Record<string, string>,
  trouble: Trouble = {},
): FakePlatform {
  const first = {...release(41, {current: true}), images}
  const pending = new Map<number, number>()
  let blind = false

  const add = (description: string, next: Record<string, string>): Release & {images: Record<string, string>} => {
    const version = platform.releases.at(-1)!.version + 1
    const reads = trouble.pendingReads ?? 0
    const made = {...release(version, {description, status: reads > 0 ? 'pending' : 'succeeded'}), images: next}
    platform.releases.push(made)
    if (reads > 0) pending.set(version, reads)
    else makeCurrent(made)
    if (trouble.foreign && description.startsWith('Deployed')) {
      const theirs = {
        ...release(version + 1, {description: 'Set THEIRS config vars', user: 'you@example.com'}),
        images: next,
      }
      platform.releases.push(theirs)
      makeCurrent(theirs)
    }

    return made
  }

  const makeCurrent = (made: Release): void => {
    for (const each of platform.releases) each.current = each === made
  }

  /** Every read brings a pending release nearer to its end. */
  const read = (): void => {
    if (blind) throw new Error('the platform does not answer')
    for (const [version, reads] of pending) {
      if (reads > 1) {
        pending.set(version, reads - 1)
        continue
      }

      pending.delete(version)
      const made = platform.releases.find((each) => each.version === version)!
      made.status = trouble.phaseFails ? 'failed' : 'succeeded'
      if (!trouble.phaseFails) makeCurrent(made)
    }
  }

  const write = <T>(name: 'release' | 'rollback', effect: () => T): T => {
    platform.writes.push(name)
    if (trouble.refuses === name) {
      throw new PlatformError({
        method: 'POST',
        path: '/apps/example-app',
        status: 422,
        id: 'invalid_params',
        said: 'no',
      })
    }

    const isLost = trouble.lost?.write === name && platform.writes.filter((each) => each === name).length === 1
    const done = isLost && !trouble.lost!.effect ? undefined : effect()
    if (trouble.blind && name === 'release') blind = true
    if (isLost) throw lost(name)
    return done as T
  }

  const platform: FakePlatform = {
    releases: [first],
    writes: [],
    current: () => platform.releases.find(({current}) => current)!,
    account: async () => ({email: 'me@example.com'}),
    app: async (name) => ({
      id: 'app-id',
      name,
      owner: 'me@example.com',
      stack: 'container',
      buildStack: 'container',
      maintenance: false,
    }),
    async formation() {
      read()
      const running = platform.current().images
      return Object.entries(quantities).map(([type, quantity]): ProcessType => {
        return {type, quantity, size: 'Standard-1X', ...(running[type] ? {image: running[type]} : {})}
      })
    },
    async dynos() {
      read()
      const {images: running, version} = platform.current()
      return Object.entries(quantities).flatMap(([type, quantity]) =>
        Array.from({length: quantity}, (_, index): Dyno => {
          const name = `${type}.${index + 1}`
          const state = running[type] === trouble.crashes ? 'crashed' : 'up'
          return {
            id: `${name}-v${version}`,
            name,
            type,
            state,
            release: version,
            command: '',
            createdAt: '',
            updatedAt: '',
          }
        }),
      )
    },
    async newestReleases(_app, max) {
      read()
      return [...platform.releases].reverse().slice(0, max)
    },
    async release(_app, id) {
      read()
      return platform.releases.find((each) => each.id === id || each.version === id)!
    },
    preboot: async () => false,
    async releaseImages(_app, updates) {
      write('release', () => {
        const next = {
          ...platform.current().images,
          ...Object.fromEntries(updates.map(({image, type}) => [type, image])),
        }
        return add(`Deployed ${updates.map(({image, type}) => `${type} (${shortDigest(image)})`).join(', ')}`, next)
      })
      return {}
    },
    async rollback(_app, id) {
      const target = platform.releases.find((each) => each.id === id)!
      return write('rollback', () => add(`Rollback to v${target.version}`, target.images))
    },
    setMaintenance: async () => notHere(),
    setFeature: async () => notHere(),
    scale: async () => notHere(),
    restartType: async () => notHere(),
    createDyno: async () => notHere(),
    dyno: async () => notHere(),
    stopDyno: async () => notHere(),
    configVars: async () => notHere(),
    addons: async () => notHere(),
    attachments: async () => notHere(),
    attachmentsOf: async () => notHere(),
    async *logs() {},
    async *releaseOutput() {},
  }
  return platform
}
