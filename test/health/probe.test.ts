import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer, type IncomingMessage} from 'node:http'
import {connect, createServer as openRaw} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {describe, expect, it} from 'vitest'

import {judgeHealth} from '../../src/lib/health/judge.js'
import {openProbe} from '../../src/lib/health/probe.js'
import type {HealthAnswer, HealthQuestion} from '../../src/lib/health/types.js'
import {rawServer, tlsServer, webServer} from './servers.js'

const never = new AbortController().signal
const ask = (url: string, more: Partial<HealthQuestion> = {}, env: NodeJS.ProcessEnv = {}): Promise<HealthAnswer> =>
  openProbe(env)({url, timeoutMs: 10_000, signal: never, ...more})

describe('a question', () => {
  it('is a GET with the Host that was asked for, the credentials of the URL, and its path and query', async () => {
    const seen: IncomingMessage[] = []
    const url = await webServer((req, res) => {
      seen.push(req)
      res.writeHead(200, {'X-Version': ['41', '42']}).end('body')
    })
    const credentials = url.replace('http://', 'http://me:p%40ss@')
    const answer = await ask(`${credentials}/health?token=t#part`, {host: 'www.example.com'})
    expect(answer).toMatchObject({status: 200, headers: {'x-version': ['41', '42']}, page: ''})
    expect(seen[0]).toMatchObject({method: 'GET', url: '/health?token=t'})
    expect(seen[0]?.headers).toMatchObject({
      host: 'www.example.com',
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    })
  })

  it('has a connection of its own', async () => {
    const ports = new Set<number | undefined>()
    const url = await webServer((req, res) => {
      ports.add(req.socket.remotePort)
      res.end()
    })
    for (let asked = 0; asked < 3; asked++) await ask(url)
    expect(ports.size).toBe(3)
  })

  it('follows no redirect', async () => {
    const asked: string[] = []
    const url = await webServer((req, res) => {
      asked.push(req.url ?? '')
      res.writeHead(301, {Location: '/elsewhere'}).end()
    })
    expect(await ask(url)).toMatchObject({status: 301, headers: {location: ['/elsewhere']}})
    expect(asked).toEqual(['/'])
  })

  it('is answered by the headers: a body that never ends is not waited for', async () => {
    const url = await webServer((_req, res) => void res.writeHead(200).write('data: 1\n\n'))
    expect(await ask(url)).toMatchObject({status: 200})
  })

  it('keeps the beginning of an error page, also of one that never ends or breaks off', async () => {
    const endless = await webServer((_req, res) => {
      res.writeHead(503)
      res.on('error', () => {})
      const more = (): void => void (res.destroyed || res.write('x'.repeat(50_000), more))
      more()
    })
    const answer = await ask(endless)
    expect(answer).toMatchObject({status: 503})
    expect('page' in answer && answer.page).toHaveLength(8192)
    const silent = await webServer(
      (_req, res) => void res.writeHead(503).write('<title>Offline for Maintenance</title>'),
    )
    expect(await ask(silent)).toMatchObject({status: 503, page: '<title>Offline for Maintenance</title>'})
  })

  it('goes through the proxy of the environment, except on this machine', async () => {
    const asked: string[] = []
    const target = await webServer((req, res) => res.end(`${req.headers.host}`))
    const proxy = createServer().on('connect', (req, socket) => {
      asked.push(req.url ?? '')
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const onward = connect(Number(new URL(target).port), '127.0.0.1')
      onward
        .on('error', () => {})
        .pipe(socket)
        .on('error', () => {})
        .pipe(onward)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const {port} = proxy.address() as {port: number}
    const env = {HTTPS_PROXY: `http://someone:a-proxy-password@127.0.0.1:${port}`}
    // What answers there speaks no TLS: the proxy was asked, and that is what is to be seen.
    const answer = await ask('https://shop.example.com/health', {host: 'www.example.com'}, env)
    expect(asked).toEqual(['shop.example.com:443'])
    expect(answer).toEqual({noAnswer: expect.stringMatching(/^shop\.example\.com does not speak TLS/)})
    expect(await ask(target, {}, env)).toMatchObject({status: 200})
    expect(asked).toHaveLength(1)
    proxy.closeAllConnections()
    await new Promise((resolve) => proxy.close(resolve))
  })
})

describe('no answer is told in words that name the host and nothing else', () => {
  const wordsOf = async (url: string, more: Partial<HealthQuestion> = {}, env: NodeJS.ProcessEnv = {}) => {
    const answer = await ask(url, more, env)
    expect(JSON.stringify(answer)).not.toMatch(/token|secret/)
    return 'noAnswer' in answer ? answer.noAnswer.replaceAll(/:\d+/g, '') : answer
  }

  it('when there is no such name', async () => {
    const said = await wordsOf('http://me:secret@no-such-name.invalid/?token=1')
    expect(said).toMatch(/^there is no address for no-such-name\.invalid \(DNS says E\w+\)$/)
  })

  it('when the connection is refused', async () => {
    const gone = openRaw()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const closed = (gone.address() as {port: number}).port
    await new Promise((resolve) => gone.close(resolve))
    expect(await wordsOf(`http://127.0.0.1:${closed}/?token=1`)).toBe('the connection to 127.0.0.1 is refused')
  })

  it('when nothing comes, or the headers never end', async () => {
    const hanging = await rawServer(() => {})
    const trickling = await rawServer((socket) => void socket.write('HTTP/1.1 200 OK\r\nX-Slow: '))
    for (const port of [hanging, trickling])
      expect(await wordsOf(`http://127.0.0.1:${port}/`, {timeoutMs: 300})).toBe('127.0.0.1 does not answer in time')
  })

  it('when the server hangs up, or speaks something else', async () => {
    const cut = await rawServer((socket) => void socket.once('data', () => socket.destroy()))
    expect(await wordsOf(`http://127.0.0.1:${cut}/`)).toBe('the connection to 127.0.0.1 breaks off')
    const ssh = await rawServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
    expect(await wordsOf(`http://127.0.0.1:${ssh}/`)).toBe('127.0.0.1 does not speak HTTP as it should')
    expect(await wordsOf(`https://127.0.0.1:${ssh}/`)).toMatch(/^127\.0\.0\.1 does not speak TLS as it should/)
  })

  it('when the certificate is not trusted; the name that is asked for is that of the URL', async () => {
    const {names, port} = await tlsServer((_req, res) => res.end(), ['localhost'])
    const said = await wordsOf(`https://localhost:${port}/?token=1`, {host: 'www.example.com'})
    expect(said).toMatch(/^the certificate of localhost is not trusted \(\w+\)$/)
    expect(names).toEqual(['localhost'])
  })

  it('when the proxy refuses', async () => {
    const port = await rawServer((socket) => void socket.once('data', () => socket.end('HTTP/1.1 407 No\r\n\r\n')))
    const env = {HTTPS_PROXY: `http://someone:secret@127.0.0.1:${port}`}
    const said = 'the proxy refuses to connect to shop.example.com (HTTP 407): see HTTPS_PROXY'
    expect(await wordsOf('https://shop.example.com/', {}, env)).toBe(said)
  })

  it('and an abort ends it at once, with its reason', async () => {
    const stop = new AbortController()
    const port = await rawServer(() => stop.abort(new Error('the user pressed Ctrl-C')))
    await expect(ask(`http://127.0.0.1:${port}/`, {signal: stop.signal})).rejects.toThrow('Ctrl-C')
    await expect(ask(`http://127.0.0.1:${port}/`, {signal: stop.signal})).rejects.toThrow('Ctrl-C')
  })
})

/** A process of its own, because Node reads the authorities to trust as it starts. */
it('a trusted certificate is checked against the name in the URL, whatever the Host header says', async () => {
  const {ca, port} = await tlsServer((req, res) => res.end(req.headers.host), ['localhost'])
  const folder = await mkdtemp(path.join(tmpdir(), 'probe-'))
  try {
    await writeFile(path.join(folder, 'ca.pem'), ca)
    const script = `import {openProbe} from './src/lib/health/probe.js'
      const probe = openProbe({})
      const ask = (url, host) => probe({url, host, timeoutMs: 10_000, signal: new AbortController().signal})
      const answers = [await ask('https://localhost:${port}/', 'www.example.com'), await ask('https://127.0.0.1:${port}/', 'localhost')]
      console.log(JSON.stringify(answers))`
    const env = {...process.env, NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem')}
    const argv = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const {stdout} = await promisify(execFile)(process.execPath, argv, {env, timeout: 30_000})
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({status: 200}),
      {noAnswer: `the certificate of 127.0.0.1:${port} is for another name`},
    ])
  } finally {
    await rm(folder, {recursive: true})
  }
})

describe('an answer is judged', () => {
  const fine: Array<[number, number]> = [[200, 399]]
  const answer = (status: number, more: {headers?: Record<string, string[]>; page?: string} = {}): HealthAnswer => {
    return {status, headers: {}, page: '', ...more}
  }

  it.each<[string, HealthAnswer, string]>([
    ['a 500', answer(500), 'answers 500'],
    [
      'a redirect that was not expected',
      answer(404, {headers: {location: ['https://x.org/a?token=1#b']}}),
      'answers 404, to https://x.org/a',
    ],
    ['a redirect to a path', answer(404, {headers: {location: ['/login?next=secret']}}), 'answers 404, to /login'],
    [
      "the router's page for a crash",
      answer(503, {page: '<html><head><title>Application error</title>'}),
      "answers 503 with Heroku's error page",
    ],
    ['no answer', {noAnswer: 'x does not answer in time'}, 'x does not answer in time'],
  ])('%s is not healthy', (_what, given, said) => {
    expect(judgeHealth({expect: fine}, given)).toEqual({ok: false, said})
  })

  it('by inclusive ranges', () => {
    const expectation = {
      expect: [
        [200, 200],
        [301, 302],
      ] as Array<[number, number]>,
    }
    const good = [199, 200, 201, 300, 301, 302, 303].filter((status) => judgeHealth(expectation, answer(status)).ok)
    expect(good).toEqual([200, 301, 302])
  })

  it('the maintenance page is none of the app’s, also for who expects a 503', () => {
    const page = '<!DOCTYPE html><title>Offline for Maintenance</title>'
    const any: Array<[number, number]> = [[100, 599]]
    expect(judgeHealth({expect: any}, answer(503, {page}))).toMatchObject({ok: false, maintenance: true})
    expect(judgeHealth({expect: any}, answer(503))).toMatchObject({ok: true})
    expect(judgeHealth({expect: any}, answer(500, {page}))).toMatchObject({ok: true})
  })

  it('by a header, whatever the case of its name', () => {
    const wanted = {expect: fine, header: {name: 'X-Version', value: '42'}}
    expect(judgeHealth(wanted, answer(200, {headers: {'x-version': ['41', ' 42']}})).ok).toBe(true)
    expect(judgeHealth(wanted, answer(200, {headers: {'x-version': ['421']}}))).toEqual({
      ok: false,
      said: 'answers 200 with another X-Version, not 42',
    })
    expect(judgeHealth(wanted, answer(200)).said).toBe('answers 200 without X-Version, not 42')
  })
})
