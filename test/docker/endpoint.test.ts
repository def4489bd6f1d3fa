import {execFile} from 'node:child_process'
import {mkdir, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import path from 'node:path'
import {promisify} from 'node:util'

import {afterEach, describe, expect, test} from 'vitest'

import {DockerConfigError} from '../../src/lib/docker/docker-config.js'
import {resolveEndpoint} from '../../src/lib/docker/endpoint.js'
import {DockerUnavailable} from '../../src/lib/docker/errors.js'
import {connect} from '../../src/lib/docker/transport.js'
import {needs} from '../real/needs.js'
import {tempFolder} from './rig.js'

const run = promisify(execFile)

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

describe('the engine is the one the docker CLI would ask', () => {
  test.for<[string, {env?: Record<string, string>; use?: string}]>([
    ['DOCKER_HOST', {env: {DOCKER_HOST: 'unix://{dir}/a.sock'}}],
    [
      'DOCKER_HOST before DOCKER_CONTEXT and the current context',
      {env: {DOCKER_HOST: 'unix://{dir}/a.sock', DOCKER_CONTEXT: 'second'}, use: 'first'},
    ],
    ['DOCKER_CONTEXT before the current context', {env: {DOCKER_CONTEXT: 'second'}, use: 'first'}],
    ['the current context', {use: 'first'}],
    ['an empty DOCKER_HOST counts for nothing', {env: {DOCKER_HOST: ''}, use: 'second'}],
    ['a host without a scheme is tcp', {env: {DOCKER_HOST: '127.0.0.1:{port}'}}],
    ['tcp', {env: {DOCKER_HOST: 'tcp://localhost:{port}'}}],
  ])('%s', async ([, {env = {}, use}], ctx) => {
    await needs(ctx, 'docker')
    const {dir, asked, listen, port} = await fakeEngines(['a', 'first', 'second'])
    const given = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace('{dir}', dir).replace('{port}', String(port))]),
    )
    const docker = (...argv: string[]) => run('docker', argv, {env: baseEnv(dir)})
    await docker('context', 'create', 'first', '--docker', `host=unix://${dir}/first.sock`)
    await docker('context', 'create', 'second', '--docker', `host=unix://${dir}/second.sock`)
    if (use) await docker('context', 'use', use)
    await listen

    const whole = {...baseEnv(dir), ...given}
    await run('docker', ['version'], {env: whole}).catch(() => {})
    const [byDocker] = asked.splice(0)
    const endpoint = await resolveEndpoint(whole)
    await connect(endpoint).json({method: 'GET', path: '/version'})
    expect(byDocker).toBeDefined()
    expect(asked).toEqual([byDocker])
  })

  test('nothing set is the default socket, and a context by the name of default too', async () => {
    const dir = await tempFolder()
    const standard = {host: 'unix:///var/run/docker.sock', from: 'default'}
    expect(await resolveEndpoint(baseEnv(dir))).toEqual(standard)
    expect(await resolveEndpoint({...baseEnv(dir), DOCKER_CONTEXT: 'default'})).toEqual(standard)
  })
})

describe('TLS', () => {
  test.for([
    ['a context with certificates', 'context'],
    ['a context that skips verification', 'skip'],
    ['DOCKER_TLS_VERIFY and DOCKER_CERT_PATH', 'env'],
    ['DOCKER_TLS_VERIFY with certificates beside config.json', 'config'],
  ] as const)('%s', async ([, how], ctx) => {
    await needs(ctx, 'docker')
    const dir = await tempFolder()
    const port = await tlsEngine(dir)
    const env: NodeJS.ProcessEnv = baseEnv(dir)
    const certs = `ca=${dir}/ca.pem,cert=${dir}/cert.pem,key=${dir}/key.pem`
    if (how === 'env' || how === 'config')
      Object.assign(env, {DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: '1'})
    if (how === 'env') env.DOCKER_CERT_PATH = dir
    if (how === 'config') {
      await mkdir(path.join(dir, '.docker'), {recursive: true})
      for (const name of ['ca', 'cert', 'key']) await run('cp', [`${dir}/${name}.pem`, `${dir}/.docker/`])
    }
    if (how === 'context' || how === 'skip') {
      // Nobody knows the server's name in the second: only a client that skips verification goes on.
      const where =
        how === 'context'
          ? `host=tcp://127.0.0.1:${port},${certs}`
          : `host=tcp://localhost:${port},skip-tls-verify=true,cert=${dir}/cert.pem,key=${dir}/key.pem`
      await run('docker', ['context', 'create', 'secure', '--docker', where], {env: baseEnv(dir)})
      env.DOCKER_CONTEXT = 'secure'
    }
    const {body} = await connect(await resolveEndpoint(env)).json({method: 'GET', path: '/version'})
    expect(body).toEqual({client: 'a test'})
  })

  test('a server that is not the one of the certificates is refused', async (ctx) => {
    await needs(ctx, 'docker')
    const [dir, other] = [await tempFolder(), await tempFolder()]
    const port = await tlsEngine(dir)
    await tlsEngine(other)
    const env = {
      ...baseEnv(dir),
      DOCKER_HOST: `tcp://127.0.0.1:${port}`,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: other,
    }
    await expect(connect(await resolveEndpoint(env)).json({method: 'GET', path: '/version'})).rejects.toThrow(
      /certificate/,
    )
  })
})

describe('what is wrong is said', () => {
  test('a config.json that is no JSON is named, and not quoted', async () => {
    const dir = await tempFolder()
    await mkdir(path.join(dir, '.docker'))
    await writeFile(path.join(dir, '.docker/config.json'), '{"auths": {"r": {"auth": "c2VjcmV0"}}')
    const failure = await resolveEndpoint(baseEnv(dir)).catch((error: Error) => error)
    expect(failure).toBeInstanceOf(DockerConfigError)
    expect(String(failure)).toContain(path.join(dir, '.docker/config.json'))
    expect(String(failure)).not.toContain('c2VjcmV0')
  })

  test('a context that is not there is named, with who named it', async () => {
    const env = {...baseEnv(await tempFolder()), DOCKER_CONTEXT: 'colima'}
    await expect(resolveEndpoint(env)).rejects.toThrow(/"colima" that DOCKER_CONTEXT names.*docker context use/)
  })

  test.each([
    ['ssh://me@example.com', /behind SSH/, /ssh -nNT -L .* me@example\.com/],
    ['fd://3', /no address/, /unix:/],
    ['tcp://', /no address/, /unix:/],
  ])('%s', async (host, reason, advice) => {
    const endpoint = await resolveEndpoint({...baseEnv(await tempFolder()), DOCKER_HOST: host})
    const failure = (() => {
      try {
        return connect(endpoint)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toBeInstanceOf(DockerUnavailable)
    expect(failure).toMatchObject({reason: expect.stringMatching(reason), advice: expect.stringMatching(advice)})
  })
})

const baseEnv = (dir: string) => ({PATH: process.env.PATH, HOME: dir, DOCKER_CONFIG: path.join(dir, '.docker')})

/** Servers that note who was asked, one per socket, and one on a port. */
async function fakeEngines(names: string[]) {
  const dir = await tempFolder()
  const asked: string[] = []
  const serve = async (name: string, where: string | number) => {
    const server = createServer((_, res) => {
      if (!asked.includes(name)) asked.push(name)
      res.setHeader('API-Version', '1.41').end('{}')
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(where, resolve))
    return server
  }
  const listen = Promise.all(names.map((name) => serve(name, path.join(dir, `${name}.sock`))))
  const {port} = (await serve('tcp', 0)).address() as AddressInfo
  return {dir, asked, listen, port}
}

/** A server that only speaks to who shows a certificate of its own authority; leaves the files in `dir`. */
async function tlsEngine(dir: string): Promise<number> {
  const openssl = (command: string) => run('openssl', command.split(' '), {cwd: dir})
  const subject = (name: string) => `-subj /CN=${name} -newkey rsa:2048 -nodes`
  await writeFile(path.join(dir, 'san'), 'subjectAltName=IP:127.0.0.1')
  await openssl(`req -x509 -days 2 ${subject('authority')} -keyout ca.key -out ca.pem`)
  for (const name of ['server', 'client']) {
    await openssl(`req ${subject(name)} -keyout ${name}.key -out ${name}.csr`)
    await openssl(
      `x509 -req -days 2 -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile san -out ${name}.crt`,
    )
  }
  await run('cp', ['client.crt', 'cert.pem'], {cwd: dir})
  await run('cp', ['client.key', 'key.pem'], {cwd: dir})
  const read = async (name: string) => (await import('node:fs/promises')).readFile(path.join(dir, name))
  const server = createTlsServer(
    {
      ca: await read('ca.pem'),
      cert: await read('server.crt'),
      key: await read('server.key'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (_, res) => res.end('{"client": "a test"}'),
  )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, resolve))
  return (server.address() as AddressInfo).port
}
