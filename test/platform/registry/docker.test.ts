import {execFile, spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {realpathSync} from 'node:fs'
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {promisify} from 'node:util'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {needs} from '../../real/needs.js'
import {tarOf} from './make-image.js'
import {PASSWORD, serveRegistry, type ServedRegistry} from './serve.js'

const run = promisify(execFile)
/** Every docker client on the PATH: old and new ones speak differently. */
const clients = [
  ...new Set((process.env.PATH ?? '').split(':').map((folder) => realOf(path.join(folder, 'docker')))),
].filter((file) => file !== undefined)

let registry: ServedRegistry
let config: string
beforeEach(async () => {
  registry = await serveRegistry()
  config = await mkdtemp(path.join(tmpdir(), 'docker-config-'))
})
afterEach(async () => {
  await registry.close()
  await rm(config, {recursive: true})
})

test('there is a docker client to test with', async (ctx) => {
  await needs(ctx, 'docker')
  expect(clients.length).toBeGreaterThan(0)
})

describe.each(clients)('%s', (client) => {
  test('logs in, pushes, and pulls the same image back into an engine that has lost it', async (ctx) => {
    await needs(ctx, 'docker')
    const image = `${registry.host}/a-${randomBytes(4).toString('hex')}/web`
    const files = {'hello.txt': randomBytes(200_000), 'more/empty': ''}
    await docker(['import', '--change', 'CMD ["/hello"]', '-', image], await tarOf(files))
    try {
      await docker(['login', '-u', '_', '--password-stdin', registry.host], PASSWORD)
      const pushed = await docker(['push', image])
      expect(pushed).toContain('latest: digest: sha256:')
      const id = await docker(['image', 'inspect', '--format', '{{.Id}}', image])
      await docker(['rmi', image])
      await docker(['pull', image])
      expect(await docker(['image', 'inspect', '--format', '{{.Id}}', image])).toBe(id)

      const repository = image.slice(registry.host.length + 1)
      expect(registry.store.latest(repository)?.config).toBe(id)
      const root = await mkdtemp(path.join(tmpdir(), 'unpacked-'))
      await registry.store.unpack(id, root)
      expect(await readFile(path.join(root, 'hello.txt'))).toEqual(files['hello.txt'])
      await rm(root, {recursive: true})
    } finally {
      await docker(['rmi', '-f', image])
    }
  })

  test('refuses a wrong password at login, and an app nobody has at push', async (ctx) => {
    await needs(ctx, 'docker')
    await expect(docker(['login', '-u', '_', '--password-stdin', registry.host], 'wrong')).rejects.toThrow(
      /401|unauthorized/i,
    )
    const image = `${registry.host}/no-such-app/web`
    await docker(['import', '-', image], await tarOf({'some-file': 'x'}))
    try {
      await docker(['login', '-u', '_', '--password-stdin', registry.host], PASSWORD)
      await expect(docker(['push', image])).rejects.toThrow('unauthorized: authentication required')
    } finally {
      await docker(['rmi', '-f', image])
    }
  })

  test('shows a bad app name as Heroku’s empty 400', async (ctx) => {
    await needs(ctx, 'docker')
    const image = `${registry.host}/under_score/web`
    await docker(['import', '-', image], await tarOf({'some-file': 'x'}))
    try {
      await docker(['login', '-u', '_', '--password-stdin', registry.host], PASSWORD)
      await expect(docker(['push', image])).rejects.toThrow(/400/)
    } finally {
      await docker(['rmi', '-f', image])
    }
  })

  async function docker(argv: string[], input: Buffer | string = ''): Promise<string> {
    const host = process.env.REAL_DOCKER_HOST
    const env = {...process.env, DOCKER_CONFIG: config, ...(host ? {DOCKER_HOST: host} : {})}
    const child = spawn(client, argv, {env, timeout: 50_000})
    child.stdin.end(input)
    const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    if (status !== 0) throw new Error(`docker ${argv[0]} ended with ${status}: ${err}${out}`)
    return out.trim()
  }
})

describe('skopeo', () => {
  test('an OCI manifest is refused with 405 UNSUPPORTED, schema 2 is taken', async (ctx) => {
    await needs(ctx, 'skopeo')
    const {makeImageArchive} = await import('./make-image.js')
    const {writeFile} = await import('node:fs/promises')
    const archive = path.join(config, 'image.tar')
    await writeFile(archive, await makeImageArchive({files: {'some-file': 'x'}, command: ['/hello']}))
    const copy = (format: string) =>
      run('skopeo', [
        ...['--insecure-policy', 'copy', '--dest-tls-verify=false', '--dest-creds', `_:${PASSWORD}`],
        ...['--format', format, `oci-archive:${archive}`, `docker://${registry.host}/example-app/web:latest`],
      ])
    await expect(copy('oci')).rejects.toThrow(/405|UNSUPPORTED|unsupported/)
    expect(registry.store.latest('example-app/web')).toBeUndefined()
    await copy('v2s2')
    expect(registry.store.imageConfig(registry.store.latest('example-app/web')!.config).config?.Cmd).toEqual(['/hello'])
  })
})

function realOf(file: string): string | undefined {
  try {
    return realpathSync(file)
  } catch {
    return undefined
  }
}
