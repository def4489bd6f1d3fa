import type {ProcessType} from '../heroku/types.js'
import type {Registry} from '../registry/types.js'
import {messageOf} from '../run/errors.js'

/** The label of an image that holds the fingerprint of the migrations it was built with. */
export const MIGRATIONS_LABEL = 'org.heroku-pipeline-ship.migrations'
const REVISION_LABEL = 'org.opencontainers.image.revision'

/** A registry that does not answer must not hold up a preflight for longer: not knowing is an answer. */
const READ_MS = 20_000

/** Labels of an image: only what follows from its content and its commit, so that the same commit gives the same digest. */
export function imageLabels({migrations, revision}: {migrations?: string; revision?: string}): Record<string, string> {
  return {
    ...(revision === undefined ? {} : {[REVISION_LABEL]: revision}),
    ...(migrations === undefined ? {} : {[MIGRATIONS_LABEL]: migrations}),
  }
}

/** `why` is a clause: "web runs v…". Anything but `same` means: take the window. */
export type MigrationsCompared = {verdict: 'different' | 'same' | 'unknown'; why: string}

/**
 * Whether the images that run were built with these migrations (design §4.5), by the label in the config that the registry has
 * of each type of this ship. One image that was built with others, or of which that is not known, is enough for a window.
 * That an image runs does not prove that its migrations did: a run that was held has left the one without the other.
 * @throws the signal's reason
 */
export async function migrationsUnchanged(
  ours: {app: string; fingerprint: string; types: string[]; formation: ProcessType[]},
  {registry, signal}: {registry: Pick<Registry, 'readLabels'>; signal: AbortSignal},
): Promise<MigrationsCompared> {
  const running = ours.formation.filter(({image, type}) => image && ours.types.includes(type))
  const images = [...new Map(running.map(({image, type}) => [image!, type]))]
  if (images.length === 0) return {verdict: 'unknown', why: 'no image of these types runs yet'}

  const limited = AbortSignal.any([signal, AbortSignal.timeout(READ_MS)])
  const compared = await Promise.all(
    images.map(async ([image, type]): Promise<MigrationsCompared> => {
      try {
        const labels = await registry.readLabels(`${ours.app}/${type}`, image, limited)
        return compare(type, labels, ours.fingerprint)
      } catch (error) {
        signal.throwIfAborted()
        return {verdict: 'unknown', why: `the image of ${type} can't be read: ${messageOf(error)}`}
      }
    }),
  )
  const worst = (['different', 'unknown'] as const).flatMap((verdict) =>
    compared.filter((one) => one.verdict === verdict),
  )
  return worst[0] ?? {verdict: 'same', why: 'the images that run were built with the same migrations'}
}

function compare(type: string, labels: Record<string, string> | undefined, fingerprint: string): MigrationsCompared {
  if (!labels) return {verdict: 'unknown', why: `the registry has no image of ${type} any more`}
  const label = labels[MIGRATIONS_LABEL]
  if (label === undefined)
    return {verdict: 'unknown', why: `the image of ${type} does not say what migrations it was built with`}
  if (label !== fingerprint) return {verdict: 'different', why: `the image of ${type} was built with other migrations`}
  return {verdict: 'same', why: ''}
}
