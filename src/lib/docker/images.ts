import {splitReference} from './push.js'
import type {Transport} from './transport.js'

/** @throws EngineRefused: 404 when there is no such image */
export async function tag(transport: Transport, image: string, reference: string): Promise<void> {
  const {name, tag} = splitReference(reference)
  await transport.json({method: 'POST', path: `/images/${image}/tag`, query: {repo: name, tag}})
}

/** @throws EngineRefused: 404 when there is no such image */
export async function save(
  transport: Transport,
  reference: string,
  signal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  return transport.stream({method: 'GET', path: `/images/${reference}/get`, signal})
}
