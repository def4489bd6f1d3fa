import {PushRefused, type Refusal} from './errors.js'
import {errorIn, jsonLines} from './json-lines.js'
import type {Transport} from './transport.js'
import type {PushProgress} from './types.js'

/** Docker wants a name; Heroku's registry takes any (platform-facts §1.1). */
const USERNAME = '_'

/**
 * Pushes `host/repository[:tag]`, `latest` without a tag. Byte counts are what the engine tells: of compressed layers or not.
 * @throws PushRefused, or the signal's reason
 */
export async function push(
  transport: Transport,
  reference: string,
  auth: {password: string; host: string},
  onProgress: (p: PushProgress) => void,
  signal: AbortSignal,
): Promise<{digest: string}> {
  signal.throwIfAborted()
  const {name, tag} = splitReference(reference)
  const progress = followPush(onProgress)
  let digest: string | undefined
  let failure: string | undefined
  try {
    const stream = await transport.stream({
      method: 'POST',
      path: `/images/${name}/push`,
      query: {tag},
      auth: {username: USERNAME, password: auth.password, serveraddress: auth.host},
      signal,
    })
    for await (const message of jsonLines(stream)) {
      failure ??= errorIn(message)
      digest = digestIn(message) ?? digest
      progress(message)
    }
  } catch (error) {
    signal.throwIfAborted()
    failure = error instanceof Error ? error.message : String(error)
  }
  if (failure) throw new PushRefused(reference, {...readRefusal(failure), registryMessage: failure})
  if (!digest)
    throw new PushRefused(reference, {kind: 'other', registryMessage: 'the engine ends without naming a digest'})
  return {digest}
}

/** What a registry's refusal means, from the words each engine passes on (platform-facts §1.2; 20.10 to 28.5 differ). */
export function readRefusal(message: string): {kind: Refusal; status?: number} {
  // A digest in a URL may hold any three digits.
  const found = /\b(?:status|HTTP)\b.*?\b([45]\d\d)\b/i.exec(message.replaceAll(/\S+:\/\/\S+/g, ''))
  const status = found ? {status: Number(found[1])} : {}
  if (
    status.status === 405 ||
    /(?:^|: )unsupported\b(?! (?:protocol|schema))/i.test(message) ||
    /method not allowed/i.test(message)
  ) {
    return {kind: 'unsupported', status: 405}
  }
  if (
    status.status === 401 ||
    status.status === 403 ||
    /unauthorized|no basic auth|\bdenied\b|authentication required/i.test(message)
  ) {
    return {kind: 'unauthorized', ...status}
  }
  return {kind: 'other', ...status}
}

/** `registry:5000/app/web:tag` in its two parts; a colon before a slash is a port. */
export function splitReference(reference: string): {name: string; tag: string} {
  const [, name = reference, tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(reference) ?? []
  return {name, tag}
}

function digestIn(message: Record<string, unknown>): string | undefined {
  const said =
    typeof message.status === 'string' ? / digest: (sha256:[\da-f]{64}) /.exec(message.status)?.[1] : undefined
  return said ?? (message.aux as {Digest?: string} | undefined)?.Digest
}

type Layer = {current: number; total: number; done: boolean; present: boolean}

const PRESENT = /^(?:Layer already exists|Mounted from)/

function followPush(onProgress: (p: PushProgress) => void): (message: Record<string, unknown>) => void {
  const layers = new Map<string, Layer>()
  return ({id, status, progressDetail}) => {
    // Lines without a layer's id say what repository it goes to, and the digest in the end.
    if (typeof id !== 'string' || typeof status !== 'string' || !/^[\da-f]{12}$/.test(id)) return
    const before = layers.get(id) ?? {current: 0, total: 0, done: false, present: false}
    const {current = before.current, total = before.total} = (progressDetail ?? {}) as {
      current?: number
      total?: number
    }
    const present = before.present || PRESENT.test(status)
    const done = before.done || present || status === 'Pushed'
    // The total may be missing, and may be passed: the sum must not run backwards nor over.
    const whole = Math.max(total, current)
    layers.set(id, {current: done ? whole : current, total: whole, done, present})
    onProgress(sum([...layers.values()]))
  }
}

const sum = (layers: Layer[]): PushProgress => ({
  current: layers.reduce((bytes, layer) => bytes + layer.current, 0),
  total: layers.reduce((bytes, layer) => bytes + layer.total, 0),
  layers: layers.length,
  done: layers.filter(({done}) => done).length,
  present: layers.filter(({present}) => present).length,
})
