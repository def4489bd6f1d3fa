import type {Client, Question} from './client.js'
import {sha256} from './digest.js'
import {RegistryError} from './errors.js'

type Config = {config?: {Labels?: Record<string, string> | null} | null}
type Ask = (question: Question) => ReturnType<Client['ask']>

/** The labels of an image by the digest of its config; undefined when the registry has none of that digest. */
export async function readLabels(
  ask: Ask,
  host: string,
  repository: string,
  config: string,
): Promise<Record<string, string> | undefined> {
  const about = {operation: `read an image of ${repository}`, repository}
  const {body, status} = await ask({
    ...about,
    method: 'GET',
    url: `/v2/${repository}/blobs/${config}`,
    expect: [200, 404],
  })
  if (status === 404) return undefined
  if (sha256(body) !== config)
    throw new RegistryError({...about, host, status, said: `sends a damaged config ${config}`})
  return (JSON.parse(body.toString()) as Config).config?.Labels ?? {}
}
