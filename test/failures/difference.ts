import type {World} from '../platform/index.js'

/** What differs between two worlds, a line each: `formation.web.image: the old → another`. Nothing differs: no line. */
export function difference(before: World, after: World): string[] {
  const was = flatten(name(before, before))
  const is = flatten(name(after, before))
  const keys = [...new Set([...was.keys(), ...is.keys()])].sort()
  return keys
    .filter((key) => was.get(key) !== is.get(key))
    .map((key) => `${key}: ${was.get(key) ?? 'none'} → ${is.get(key) ?? 'none'}`)
}

/** Digests say nothing to a reader: an image is one that ran before, or a new one. */
function name(world: World, before: World): unknown {
  const known = new Set(Object.values(before.images))
  const nameOf = (digest: string | null | undefined) =>
    digest ? (known.has(digest) ? 'old image' : 'new image') : 'no image'
  const {configVars, dynos, features, formation, images: _images, releases, ...rest} = world
  return {
    ...rest,
    configVars: configVars === before.configVars ? 'same' : 'changed',
    features: features.join(', ') || 'none',
    releases: `${releases}`,
    formation: Object.fromEntries(
      Object.entries(formation).map(([type, {image, quantity}]) => [type, `${quantity} × ${nameOf(image)}`]),
    ),
    dynos: Object.fromEntries(
      dynos.map(({code, name: dyno, state}) => [
        dyno.replace(/^(release|run)\.\d+$/, '$1'),
        `${state}, ${nameOf(code)}`,
      ]),
    ),
  }
}

function flatten(value: unknown, path = ''): Map<string, string> {
  if (value === null || typeof value !== 'object') return new Map([[path, String(value)]])
  const entries = Object.entries(value).map(([key, item]) => [...flatten(item, path ? `${path}.${key}` : key)])
  return new Map(entries.flat())
}
