import {execFile} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {needs} from '../../real/needs.js'
import {archiveOf, makeImage} from './make-image.js'
import {sha256} from './digest.js'
import {PASSWORD, serveRegistry, type ServedRegistry} from './serve.js'

const run = promisify(execFile)
const image = await makeImage({files: {'some-file': 'x', 'bin/hello': '#!/bin/sh'}, command: ['/bin/hello']})

let registry: ServedRegistry
let dir: string
beforeEach(async () => {
  registry = await serveRegistry()
  dir = await mkdtemp(path.join(tmpdir(), 'skopeo-'))
  await writeFile(path.join(dir, 'image.tar'), await archiveOf(image))
})
afterEach(async () => {
  await registry.close()
  await rm(dir, {recursive: true})
})

test('an OCI manifest is refused with 405 UNSUPPORTED; its blobs are there, no image is', async (ctx) => {
  await needs(ctx, 'skopeo')
  const said = await push('oci').catch((error: {stderr: string}) => error.stderr)
  expect(said).toMatch(/unsupported|The operation is unsupported/i)
  expect(registry.requests).toContain('PUT /v2/example-app/web/manifests/latest')
  expect(registry.store.hasBlob('example-app/web', sha256(image.config))).toBe(true)
  expect(registry.store.latest('example-app/web')).toBeUndefined()
})

test('schema 2 is taken, and what comes back is what went in', async (ctx) => {
  await needs(ctx, 'skopeo')
  await push('v2s2')
  expect(registry.store.latest('example-app/web')?.config).toBe(sha256(image.config))
  await skopeo('--src-tls-verify=false', '--src-creds', `_:${PASSWORD}`, remote(), `dir:${dir}/back`)
  const manifest = JSON.parse(await readFile(path.join(dir, 'back/manifest.json'), 'utf8')) as {
    config: {digest: string}
  }
  expect(manifest.config.digest).toBe(sha256(image.config))
})

function push(format: string) {
  const to = ['--dest-tls-verify=false', '--dest-creds', `_:${PASSWORD}`, '--format', format]
  return skopeo(...to, `oci-archive:${dir}/image.tar`, remote())
}

function remote(): string {
  return `docker://${registry.host}/example-app/web:latest`
}

function skopeo(...argv: string[]) {
  return run('skopeo', ['--insecure-policy', 'copy', ...argv], {timeout: 50_000})
}
