import {randomBytes} from 'node:crypto'
import {realpathSync} from 'node:fs'
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {needs} from '../../real/needs.js'
import {dockerCli} from './docker-cli.js'
import {tarOf} from './make-image.js'
import {PASSWORD, serveRegistry, type ServedRegistry} from './serve.js'

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
    const app = `${registry.host}/a-${randomBytes(4).toString('hex')}`
    const image = `${app}/web`
    const files = {'hello.txt': randomBytes(200_000), 'more/empty': ''}
    await docker(['import', '--change', 'CMD ["/hello"]', '-', image], await tarOf(files))
    try {
      await docker(['login', '-u', '_', '--password-stdin', registry.host], PASSWORD)
      const pushed = await docker(['push', image])
      expect(pushed).toContain('latest: digest: sha256:')
      await docker(['tag', image, `${app}/worker`])
      expect(await docker(['push', `${app}/worker`])).toMatch(/Mounted from .*\/web/)
      await docker(['rmi', `${app}/worker`])

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

  test('uploads a layer again where the registry does not mount it from another repository', async (ctx) => {
    await needs(ctx, 'docker')
    await registry.close()
    registry = await serveRegistry({mounts: false})
    const app = `${registry.host}/a-${randomBytes(4).toString('hex')}`
    const types = ['web', 'worker'].map((type) => `${app}/${type}`)
    await docker(['import', '--change', 'CMD ["/hello"]', '-', types[0]!], await tarOf({hello: randomBytes(1000)}))
    await docker(['tag', types[0]!, types[1]!])
    try {
      await docker(['login', '-u', '_', '--password-stdin', registry.host], PASSWORD)
      for (const image of types) expect(await docker(['push', image])).not.toMatch('Mounted from')
      expect(registry.requests.filter((asked) => asked.includes('mount=')).length).toBeGreaterThan(0)
      const [web, worker] = types.map((image) => registry.store.latest(image.slice(registry.host.length + 1))?.config)
      expect([web, worker]).toEqual([expect.stringMatching(/^sha256:/), web])
    } finally {
      await docker(['rmi', '-f', ...types])
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
    await docker(['login', '-u', '_', '--password-stdin', registry.host], PASSWORD)
    await expect(docker(['pull', image])).rejects.toThrow(
      'error parsing HTTP 400 response body: unexpected end of JSON input',
    )
  })

  async function docker(argv: string[], input: Buffer | string = ''): Promise<string> {
    return (await dockerCli(argv, {client, config, input})).toString().trim()
  }
})

function realOf(file: string): string | undefined {
  try {
    return realpathSync(file)
  } catch {
    return undefined
  }
}
