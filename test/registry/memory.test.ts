import {createHash, randomBytes} from 'node:crypto'
import {Readable, type Writable} from 'node:stream'
import tar from 'tar-stream'
import {expect, test} from 'vitest'
import {createRegistry} from '../../src/lib/registry/registry.js'
import {PASSWORD, serveRegistry} from '../platform/registry/serve.js'

const MB = 1024 * 1024
const LAYER_MB = 128
// Looks gzipped, so it is sent as it is: the upload is what we measure.
const block = Buffer.concat([Buffer.from('1f8b', 'hex'), randomBytes(MB - 2)])

test('a layer is never in memory as a whole', async () => {
  const registry = await serveRegistry()
  let most = 0
  const before = process.memoryUsage().arrayBuffers
  const look = () => (most = Math.max(most, process.memoryUsage().arrayBuffers - before))
  try {
    const client = createRegistry({host: registry.host, password: PASSWORD})
    const pushed = await client.pushArchive('example-app/web', bigArchive, look, new AbortController().signal)
    expect(pushed.size).toBe(LAYER_MB * MB)
  } finally {
    await registry.close()
  }
  expect(most).toBeGreaterThan(0)
  // What garbage collection leaves lying about is some 30 MB; a fetch that keeps what it sends would have it all.
  expect(most / MB).toBeLessThan(LAYER_MB / 2)
})

async function bigArchive(): Promise<NodeJS.ReadableStream> {
  const diffId = 'sha256:' + createHash('sha256').update('unknown').digest('hex')
  const config = JSON.stringify({os: 'linux', architecture: 'amd64', rootfs: {type: 'layers', diff_ids: [diffId]}})
  const pack = tar.pack()
  pack.entry({name: 'config'}, config)
  pack.entry({name: 'manifest.json'}, JSON.stringify([{Config: 'config', Layers: ['layer']}]))
  const layer = pack.entry({name: 'layer', size: LAYER_MB * MB}, () => pack.finalize()) as unknown as Writable
  Readable.from(Array.from({length: LAYER_MB}, () => block)).pipe(layer)
  return pack as unknown as NodeJS.ReadableStream
}
