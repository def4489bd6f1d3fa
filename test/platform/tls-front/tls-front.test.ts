import {spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {request} from 'node:https'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import {beforeEach, describe, expect, test, type TestContext} from 'vitest'
import {imageOf} from '../../docker-ship/registry-image.js'
import {linkedHome, runHeroku} from '../../real/heroku-cli.js'
import {needs} from '../../real/needs.js'
import {stockDockerPath} from '../../real/stock-docker.js'
import {removeImagesOf} from '../registry/docker-cli.js'
import {idle, plain} from '../fixture.js'
import {startPlatform} from '../index.js'
import {startTlsFront} from './tls-front.js'

/** Longer than any other test file holds the port. */
const patienceMs = 60_000

beforeEach((ctx) => needs(ctx, 'root'))

/** A front, a project of two Dockerfiles in a folder, and the stock CLI in it with the plugin installed. */
async function ready(ctx: TestContext) {
  const app = `tls-${randomBytes(4).toString('hex')}`
  const heroku = await startPlatform({speed: 20})
  ctx.onTestFinished(() => heroku.stop())
  const front = await startTlsFront(heroku, {patienceMs, engine: process.env.REAL_DOCKER_HOST})
  ctx.onTestFinished(() => front.stop())
  await heroku.createApp(app)
  await heroku.seedRelease(app, {images: {web: idle, worker: idle}, formation: {web: 0, worker: 1}})
  await heroku.settled(app)

  const folder = await mkdtemp(path.join(tmpdir(), 'tls-front-test-'))
  const home = await linkedHome()
  const PATH = await stockDockerPath()
  ctx.onTestFinished(async () => {
    await removeImagesOf(`${front.registry}/${app}/*`, {config: folder})
    await rm(folder, {recursive: true})
    await home.remove()
  })
  const dockerfile = (seconds: number) => `FROM scratch\nCOPY marker /\nCMD ["sleep", "${seconds}"]\n`
  await writeFile(path.join(folder, 'marker'), app)
  await writeFile(path.join(folder, 'Dockerfile.web'), dockerfile(1001))
  await writeFile(path.join(folder, 'Dockerfile.worker'), dockerfile(1002))
  await writeFile(path.join(folder, 'Dockerfile'), dockerfile(1003))
  const env = {...front.env, PATH, DOCKER_BUILDKIT: '1', DOCKER_HOST: process.env.REAL_DOCKER_HOST}
  const cli = async (...argv: string[]) => {
    const {code, stderr, stdout} = await runHeroku(argv, {home, env, cwd: folder, timeoutMs: 100_000})
    return {code, said: stderr + stdout}
  }
  return {app, cli, heroku}
}

describe('behind TLS, as registry.heroku.localhost', () => {
  test('the stock CLI logs in, pushes, releases and removes, unchanged', {timeout: 120_000}, async (ctx) => {
    await needs(ctx, 'heroku-cli', 'docker', 'stock-docker')
    const {app, cli, heroku} = await ready(ctx)

    const login = await cli('container:login')
    expect(login, login.said).toMatchObject({code: 0, said: expect.stringContaining('Login Succeeded')})
    const pushed = await cli('container:push', '--recursive', '--app', app)
    expect(pushed.code, pushed.said).toBe(0)
    expect(pushed.said).toContain('Your images have been successfully pushed.')
    const released = await cli('container:release', 'web', 'worker', '--app', app)
    expect(released, released.said).toEqual({code: 0, said: `Releasing images web,worker to ${app}... done\n`})
    const {images} = await heroku.settled(app)
    const [web, worker] = await Promise.all(['web', 'worker'].map((type) => imageOf(heroku, type, app)))
    expect([web?.config.Cmd, worker?.config.Cmd]).toEqual([
      ['sleep', '1001'],
      ['sleep', '1002'],
    ])
    expect(images).toEqual({web: web?.digest, worker: worker?.digest})

    const again = await cli('container:push', 'web', '--app', app)
    expect(again.code, again.said).toBe(0)
    expect((await cli('container:release', 'web', '--app', app)).code).toBe(0)
    const third = await imageOf(heroku, 'web', app)
    expect(third.config.Cmd).toEqual(['sleep', '1003'])
    expect((await heroku.settled(app)).images).toEqual({web: third.digest, worker: images.worker})

    expect(await cli('container:rm', 'worker', '--app', app)).toMatchObject({
      code: 0,
      said: `Removing container worker for ${app}... done\n`,
    })
    expect((await heroku.settled(app)).images).toEqual({web: third.digest})
  })

  test('pipeline:ship works too', {timeout: 120_000}, async (ctx) => {
    await needs(ctx, 'heroku-cli', 'docker')
    const {app, cli, heroku} = await ready(ctx)
    const ship = ['pipeline:ship', 'web', 'worker', '--stable-for', '1s', '--app', app]
    const shipped = await cli(...ship)
    expect(shipped.code, shipped.said).toBe(0)
    const [web, worker] = await Promise.all(['web', 'worker'].map((type) => imageOf(heroku, type, app)))
    expect(heroku.world(app)).toMatchObject({
      images: {web: web?.digest, worker: worker?.digest},
      dynos: [{name: 'worker.1', state: 'up', code: worker?.digest}],
    })
    const again = await cli(...ship)
    expect(again.said).toMatch(`Nothing to ship: ${app} already runs these images`)
  })
})

test('the hosts file is as it was afterwards, and a second front says what is in its way', async (ctx) => {
  const hosts = () => readFile('/etc/hosts', 'utf8')
  const heroku = await startPlatform()
  ctx.onTestFinished(() => heroku.stop())
  const front = await startTlsFront(heroku, {patienceMs})
  const during = await hosts()
  try {
    expect(during).toContain('registry.heroku.localhost')
    const account = await ask('https://api.heroku.localhost/account', front.env)
    expect(account).toContain('founder@example.com')
    await expect(startTlsFront(heroku)).rejects.toThrow('port 443 of 127.0.0.1, and it is in use')
    expect(await hosts()).toBe(during)
  } finally {
    await front.stop()
  }
  expect(await hosts()).not.toContain('goes when it stops')
})

test('npm run platform -- --tls: its exports are enough, and it leaves no trace', {timeout: 120_000}, async (ctx) => {
  await needs(ctx, 'heroku-cli')
  const {ended, stdout, stop} = await platformBehindTls()
  ctx.onTestFinished(() => void stop('SIGKILL'))
  const exports = [...stdout.matchAll(/^export (\w+)='?(.*?)'?$/gm)].map(([, name, value]) => [name, value] as const)
  const {code, stderr} = await runHeroku(['maintenance:on', '--app', 'example-app'], {env: Object.fromEntries(exports)})
  expect([code, stderr]).toEqual([0, 'Enabling maintenance mode for example-app... done\n'])
  stop('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(await readFile('/etc/hosts', 'utf8')).not.toContain('goes when it stops')
})

/** Started anew as long as another test has the port. */
async function platformBehindTls(deadline = Date.now() + patienceMs) {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const argv = ['--import', import.meta.resolve('tsx'), main, '--tls', '--port', '0']
  const child = spawn(process.execPath, argv, {stdio: ['ignore', 'pipe', 'pipe']})
  const ended = once(child, 'close')
  const said = text(child.stderr)
  let stdout = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    stdout += chunk
    // The last one.
    if (/^export HEROKU_HEADERS=.*\n/m.test(stdout))
      return {ended, stdout, stop: (signal: NodeJS.Signals) => child.kill(signal)}
  }
  const stderr = await said
  if (stderr.includes('in use') && Date.now() < deadline) return platformBehindTls(deadline)
  throw new Error(stderr)
}

async function ask(url: string, env: Record<string, string>): Promise<string> {
  const ca = await readFile(env.NODE_EXTRA_CA_CERTS ?? '')
  const headers = {...(JSON.parse(env.HEROKU_HEADERS ?? '') as Record<string, string>), accept: plain}
  return new Promise((resolve, reject) => {
    request(url, {ca, headers, timeout: 10_000}, (response) => resolve(text(response)))
      .on('error', reject)
      .end()
  })
}
