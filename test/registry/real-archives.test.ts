import {execFile} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {createRegistry} from '../../src/lib/registry/registry.js'
import {dockerCli} from '../platform/registry/docker-cli.js'
import {sha256} from '../platform/registry/digest.js'
import {archiveOf, makeImage, tarOf} from '../platform/registry/make-image.js'
import {PASSWORD, type ServedRegistry, serveRegistry} from '../platform/registry/serve.js'
import {needs} from '../real/needs.js'
import {archiveFrom} from './archives.js'
import {helloProgram} from './hello-program.js'

const run = promisify(execFile)

let registry: ServedRegistry
let dir: string
beforeEach(async () => {
  registry = await serveRegistry()
  dir = await mkdtemp(path.join(tmpdir(), 'real-archives-'))
})
afterEach(async () => {
  await registry.close()
  await rm(dir, {recursive: true})
})

describe.each([
  ['docker', () => process.env.REAL_DOCKER_HOST],
  ['newer-docker', () => process.env.REAL_NEWER_DOCKER_HOST],
] as const)('docker save of %s', (part, host) => {
  test('is pushed, pulled back as the same image, and runs', async (ctx) => {
    await needs(ctx, part)
    const app = `b-${randomBytes(4).toString('hex')}`
    const local = `${app}/two-layers`
    const remote = `${registry.host}/${app}/web`
    await build(local)
    try {
      const archive = await docker('save', local)
      const pushed = await push(`${app}/web`, archive)
      expect(pushed).toMatchObject({command: ['/bin/hello'], layers: 2})
      expect(await push(`${app}/worker`, archive)).toEqual({...pushed, repository: `${app}/worker`})
      // On the containerd store an image's id is its manifest's digest (platform-facts §1.5).
      const id = (await docker('image', 'inspect', '--format', '{{.Id}}', local)).toString().trim()
      if (part === 'docker') expect(pushed.config).toBe(id)

      await docker('rmi', local)
      await dockerCli(['login', '-u', '_', '--password-stdin', registry.host], {
        config: dir,
        host: host(),
        input: PASSWORD,
      })
      await docker('pull', remote)
      const back = (await docker('image', 'inspect', '--format', '{{.Id}}', remote)).toString().trim()
      expect(back).toBe(part === 'docker' ? id : pushed.manifest)
      expect((await docker('run', '--rm', '--network', 'none', remote)).toString()).toBe('hello from scratch\n')
    } finally {
      await docker('rmi', '-f', local, remote).catch(() => undefined)
    }
  })

  /** A random file makes it nobody else's image; the engine is shared. */
  async function build(name: string): Promise<void> {
    const context = await tarOf({
      Dockerfile: 'FROM scratch\nCOPY hello /bin/hello\nCOPY noise /noise\nCMD ["/bin/hello"]\n',
      hello: helloProgram('hello from scratch\n'),
      noise: randomBytes(100_000),
    })
    await dockerCli(['build', '-q', '-t', name, '-'], {config: dir, host: host(), input: context})
  }

  function docker(...argv: string[]): Promise<Buffer> {
    return dockerCli(argv, {config: dir, host: host()})
  }
})

test.for([
  ['oci-archive', 'oci-archive:image.tar'],
  ['docker-archive', 'docker-archive:image.tar:example/app:latest'],
])('skopeo’s %s is pushed with its config as it is', async ([, target = ''], ctx) => {
  await needs(ctx, 'skopeo')
  const image = await makeImage({files: {'a-file': randomBytes(50_000)}, command: ['node', 'server.js']})
  await writeFile(path.join(dir, 'made.tar'), await archiveOf(image))
  await run('skopeo', ['--insecure-policy', 'copy', 'oci-archive:made.tar', target], {cwd: dir})
  const pushed = await push('example-app/web', await readFile(path.join(dir, 'image.tar')))
  // skopeo writes a config of its own for Docker's layout, with the same content.
  if (target.startsWith('oci')) expect(pushed.config).toBe(sha256(image.config))
  expect(pushed).toMatchObject({command: ['node', 'server.js'], layers: 1})
  await run(
    'skopeo',
    [
      '--insecure-policy',
      'copy',
      '--src-tls-verify=false',
      '--src-creds',
      `_:${PASSWORD}`,
      `docker://${registry.host}/example-app/web:latest`,
      'dir:back',
    ],
    {cwd: dir},
  )
  const manifest = JSON.parse(await readFile(path.join(dir, 'back/manifest.json'), 'utf8')) as {
    config: {digest: string}
  }
  expect(manifest.config.digest).toBe(pushed.config)
})

function push(repository: string, archive: Buffer) {
  const client = createRegistry({host: registry.host, password: PASSWORD})
  return client.pushArchive(repository, archiveFrom(archive), () => {}, new AbortController().signal)
}
