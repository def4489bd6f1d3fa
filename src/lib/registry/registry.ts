import {type Clock, systemClock} from '../run/clock.js'
import {openClient, type Question} from './client.js'
import {RegistryError} from './errors.js'
import {persistently} from './persistently.js'
import {readImage} from './read-image.js'
import {readLabels} from './read-labels.js'
import type {PushedImage, Registry} from './types.js'

/**
 * A registry that speaks the Distribution API v2, `registry.heroku.com` first of all: https, and http on this machine.
 * `host` may have a port. The password never leaves for another host and is in no error.
 */
export function createRegistry(options: {
  host: string
  password: string
  /** Ends everything under way. */
  signal?: AbortSignal
  clock?: Clock
}): Registry {
  const {clock = systemClock, host} = options
  const client = openClient({clock, host, password: options.password})
  const joined = (signal: AbortSignal | undefined) => {
    const signals = [options.signal, signal].filter((each) => each !== undefined)
    return AbortSignal.any(signals)
  }
  const asking = (signal: AbortSignal) => (question: Question) =>
    persistently(() => client.ask(question, signal), {clock, signal})
  const read = (repository: string, signal: AbortSignal): Promise<PushedImage> =>
    readImage(asking(signal), host, repository)

  return {
    host,
    readImage: (repository, signal) => read(repository, joined(signal)),
    readLabels: (repository, config, signal) => readLabels(asking(joined(signal)), host, repository, config),
    async pushArchive(repository, archive, onProgress, ownSignal) {
      const signal = joined(ownSignal)
      signal.throwIfAborted()
      // Only who pushes an archive pays for reading one.
      const [{withArchivedImage}, {pushImage}] = await Promise.all([
        import('./archive/archived-image.js'),
        import('./push-image.js'),
      ])
      return withArchivedImage(archive, signal, async (image) => {
        await pushImage({client, clock, signal}, repository, image, onProgress)
        const pushed = await read(repository, signal)
        if (pushed.config === image.config.digest) return pushed
        throw new RegistryError({
          operation: `push ${repository}`,
          repository,
          host,
          status: 200,
          said: `has ${pushed.config} now, not the ${image.config.digest} we pushed: somebody else pushed too`,
        })
      })
    },
  }
}
