import {createHash} from 'node:crypto'
import {buffer} from 'node:stream/consumers'
import {gunzipSync} from 'node:zlib'

import tar from 'tar-stream'

import {imageOf} from '../test/docker-ship/registry-image.js'
import type {LocalHeroku} from '../test/platform/index.js'
import {MARKER} from './project.js'

/**
 * What an image is to whoever runs it: command, environment, and one hash over each layer's files (name, kind, mode, owner, content
 * with the changed line masked). Labels, times and the history are left out: two tools never agree on those.
 */
export async function contentsOf(heroku: LocalHeroku, app: string, type: string): Promise<unknown> {
  const {config, layers} = await imageOf(heroku, type, app)
  const {Labels: _, Image: __, ...runs} = config as Record<string, unknown>
  const used = Object.fromEntries(Object.entries(runs).filter(([, value]) => !isEmpty(value)))
  const hashes: string[] = []
  for (const layer of layers) hashes.push(await hashOf(heroku, `${app}/${type}`, layer))
  return {config: used, layers: hashes}
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0)

const known = new Map<string, string>()

async function hashOf({apiKey, url}: LocalHeroku, repository: string, layer: string): Promise<string> {
  const before = known.get(layer)
  if (before) return before
  const authorization = `Basic ${Buffer.from(`_:${apiKey}`).toString('base64')}`
  const answer = await fetch(`${url}/v2/${repository}/blobs/${layer}`, {headers: {authorization}})
  if (!answer.ok) throw new Error(`${repository} has no ${layer}: ${answer.status}`)
  const extract = tar.extract()
  extract.end(gunzipSync(Buffer.from(await answer.arrayBuffer())))
  const lines: string[] = []
  for await (const entry of extract) {
    const {gid, linkname, mode, name, type, uid} = entry.header
    const content = (await buffer(entry)).toString('latin1').replaceAll(MARKER, 'marker')
    lines.push([name, type, mode, uid, gid, linkname, sha256(content)].join(' '))
  }
  const hash = sha256(lines.toSorted().join('\n'))
  known.set(layer, hash)
  return hash
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex')
