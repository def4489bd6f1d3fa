import {APP} from '../failures/setup.js'
import type {LocalHeroku} from '../platform/index.js'

/** An image as anybody reads it from the registry. */
export type RegistryImage = {
  mediaType: string
  /** Digest of the config. */
  digest: string
  layers: string[]
  config: {Env?: string[]; Labels?: Record<string, string>; Cmd?: string[]}
}

/** Reads `latest` of a process type over HTTP, asking for Docker schema 2 alone. @throws Error with the status */
export async function imageOf({apiKey, url}: LocalHeroku, type: string, app = APP): Promise<RegistryImage> {
  const authorization = `Basic ${Buffer.from(`_:${apiKey}`).toString('base64')}`
  const get = async (path: string, accept: string) => {
    const answer = await fetch(`${url}/v2/${app}/${type}/${path}`, {headers: {accept, authorization}})
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return {json: (await answer.json()) as Record<string, unknown>, type: answer.headers.get('content-type')}
  }

  const {json, type: mediaType} = await get('manifests/latest', 'application/vnd.docker.distribution.manifest.v2+json')
  const {config, layers} = json as {config: {digest: string}; layers: Array<{digest: string}>}
  const image = await get(`blobs/${config.digest}`, '*/*')
  return {
    mediaType: mediaType ?? '',
    digest: config.digest,
    layers: layers.map(({digest}) => digest),
    config: image.json.config as RegistryImage['config'],
  }
}
