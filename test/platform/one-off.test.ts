import {X509Certificate} from 'node:crypto'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {idle, sdk, until, usePlatform, type Loose} from './fixture.js'
import {writeCaFile} from './one-off/ca-file.js'
import {attach, type Seen} from './one-off/client.js'
import {throwAwayCertificate} from './one-off/certificate.js'

const platform = usePlatform({speed: 10})
const {ask} = platform

const logOf = (dyno: string) =>
  platform.heroku
    .log('acme')
    .filter((line) => line.includes(`[${dyno}]: `))
    .map((line) => line.split(`[${dyno}]: `)[1] ?? '')

async function app(formation: Record<string, number | {quantity: number; size: string}> = {web: 0}): Promise<void> {
  await platform.heroku.createApp('acme')
  await platform.heroku.seedRelease('acme', {images: {web: idle}, formation})
}

const caFile = () => platform.heroku.env.NODE_EXTRA_CA_CERTS ?? ''
const post = (body: Record<string, unknown>) => ask('POST', '/apps/acme/dynos', body)

async function run(
  command: string,
  more: Record<string, unknown> = {},
): Promise<Seen & {dyno: {name: string; attach_url: string}}> {
  const {body, status} = await post({attach: true, command, force_no_tty: true, ...more})
  expect(status).toBe(201)
  return {...attach(body.attach_url, caFile()), dyno: body}
}

const marked = (command: string) => `${command} ; echo "\uFFFF heroku-command-exit-status: $?"`
const life = (command: string, status: number) => [
  'Awaiting client',
  `Starting process with command \`${command}\``,
  'State changed from starting to up',
  `Process exited with status ${status}`,
  'State changed from up to complete',
]

describe('attached one-off dynos (platform-facts §5.1, §5.2)', () => {
  it('are met over TLS, with the secret in a line; their output is the client’s and not the log’s', async () => {
    await app()
    const {dyno, ended} = await run('echo out; echo err >&2; exit 3')
    expect(dyno).toMatchObject({type: 'run', size: 'Standard-1X', state: 'starting', release: {version: 3}})
    expect(dyno.attach_url).toMatch(/^rendezvous:\/\/localhost:\d+\/\w+$/)
    expect(await ended).toBe('rendezvous\r\nout\nerr\n')
    await until(() => expect(logOf(dyno.name)).toEqual(life('echo out; echo err >&2; exit 3', 3)))
    expect((await ask('GET', `/apps/acme/dynos/${dyno.name}`)).status).toBe(404)
  })

  it('tell no exit status but by the marker that the client has echoed', async () => {
    await app()
    const {ended} = await run(marked("sh -c 'exit 3'"))
    expect(await ended).toBe('rendezvous\r\n\uFFFF heroku-command-exit-status: 3\n')
  })

  it('show a terminal unless told not to: echo, CR LF, and the end of input by 0x04', async () => {
    await app()
    const seen = await run('cat', {force_no_tty: false})
    await until(() => expect(seen.text()).toBe('rendezvous\r\n'))
    seen.socket.write('one\n')
    await until(() => expect(seen.text()).toBe('rendezvous\r\none\r\none\r\n'))
    seen.socket.write('\u0004')
    await seen.ended
    await until(() => expect(logOf(seen.dyno.name)).toContain('Process exited with status 0'))
  })

  it('without a terminal take what comes as it is, without echo, until 0x04', async () => {
    await app()
    const seen = await run('cat')
    await until(() => expect(seen.text()).toBe('rendezvous\r\n'))
    seen.socket.write('a\u0003b\r\n')
    seen.socket.write('\u0004')
    expect(await seen.ended).toBe('rendezvous\r\na\u0003b\r\n')
  })

  it('make Ctrl-C and Ctrl-\\ of a terminal signals', async () => {
    await app()
    for (const [key, shown, status] of [
      ['\u0003', '^C', 130],
      ['\u001C', '^\\', 131],
    ] as const) {
      // A key that comes as the process begins may meet a shell that is not yet one to be interrupted.
      const seen = await run('echo ready; sleep 60', {force_no_tty: false})
      await until(() => expect(seen.text()).toBe('rendezvous\r\nready\r\n'))
      seen.socket.write(key)
      expect(await seen.ended).toBe(`rendezvous\r\nready\r\n${shown}`)
      await until(() => expect(logOf(seen.dyno.name)).toContain(`Process exited with status ${status}`))
    }
  })

  it('do not begin before the client is there, and end with R13 and 128 when nobody comes in 30 s', async () => {
    await app()
    const {body} = await post({attach: true, command: 'echo never'})
    await until(() =>
      expect(logOf(body.name)).toEqual([
        ...life('echo never', 128).slice(0, 3),
        'Error R13 (Attach error) -> Failed to attach to process',
        ...life('echo never', 128).slice(3),
      ]),
    )
    expect(await attach(body.attach_url, caFile()).ended).toBe('')
  })

  it('let one client in, and only with the secret', async () => {
    await app()
    const {body} = await post({attach: true, command: 'cat', force_no_tty: true})
    expect(await attach(body.attach_url, caFile(), 'guessed').ended).toBe('')
    const first = attach(body.attach_url, caFile())
    await until(() => expect(first.text()).toBe('rendezvous\r\n'))
    expect(await attach(body.attach_url, caFile()).ended).toBe('')
    first.socket.end()
    await until(() => expect(logOf(body.name)).toContain('Process exited with status 129'))
  })

  it('get SIGHUP, all their processes, when the client goes', async () => {
    await app()
    const seen = await run('sleep 60 & sleep 60')
    await until(() => expect(seen.text()).toBe('rendezvous\r\n'))
    seen.socket.destroy()
    await until(() =>
      expect(logOf(seen.dyno.name).slice(3)).toEqual([
        'Client connection closed. Sending SIGHUP to all processes',
        'Process exited with status 129',
        'State changed from up to complete',
      ]),
    )
  })

  it('go on after R16 when they take no notice of it', async () => {
    await app()
    const seen = await run("trap '' HUP; echo ready; sleep 60")
    await until(() => expect(seen.text()).toMatch('ready'))
    seen.socket.destroy()
    const sent = 'Client connection closed. Sending SIGHUP to all processes'
    await until(() =>
      expect(logOf(seen.dyno.name).slice(3)).toEqual([
        sent,
        sent,
        sent,
        'Error R16 (Detached) -> An attached process is not responding to SIGHUP after its external connection was closed.',
      ]),
    )
    const listed = (await ask('GET', '/apps/acme/dynos')).body.map(({name, state}: Loose) => `${name} ${state}`)
    expect(listed).toEqual([`${seen.dyno.name} up`])
  })

  it('are stopped like any other while they wait', async () => {
    await app()
    const {body} = await post({attach: true, command: 'echo never'})
    await until(() => expect(logOf(body.name)).toContain('State changed from starting to up'))
    expect((await ask('DELETE', `/apps/acme/dynos/${body.name}`)).status).toBe(202)
    await until(() =>
      expect(logOf(body.name).slice(3)).toEqual([
        'State changed from up to complete',
        'Stopping all processes with SIGTERM',
        'Process exited with status 143',
      ]),
    )
  })
})

describe('the bad days of attached dynos (platform-facts §12)', () => {
  it('the marker comes in two chunks, or is cut inside the UTF-8 of U+FFFF', async () => {
    await app()
    const knobs = platform.heroku.knobs('acme')
    for (const mark of ['heroku-command-', Buffer.from([0xef])]) {
      knobs.rendezvousSplitAfter = Buffer.from(mark)
      const {chunks, ended} = await run(marked('true'))
      expect(await ended).toBe('rendezvous\r\n\uFFFF heroku-command-exit-status: 0\n')
      const [greeting, before, after] = chunks
      expect([greeting?.toString(), chunks.length]).toEqual(['rendezvous\r\n', 3])
      expect(before?.subarray(-mark.length)).toEqual(Buffer.from(mark))
      expect(after?.toString()).toMatch(/exit-status: 0\n$/)
    }
  })

  it('the line `rendezvous` comes in one chunk with output', async () => {
    await app()
    platform.heroku.knobs('acme').rendezvousJoinsFirst = true
    const {chunks, ended} = await run('echo hello')
    await ended
    expect(chunks.map(String)).toEqual(['rendezvous\r\nhello\n'])
    expect(await (await run('true')).ended).toBe('rendezvous\r\n')
  })

  it('the connection is cut in the middle of the output', async () => {
    await app()
    platform.heroku.knobs('acme').rendezvousCutAfterBytes = 5
    const {dyno, ended} = await run('echo 123456789; sleep 60')
    expect(await ended).toBe('rendezvous\r\n12345')
    await until(() => expect(logOf(dyno.name)).toContain('Process exited with status 129'))
  })

  it('the rendezvous cannot be reached', async () => {
    await app()
    platform.heroku.knobs('acme').rendezvousBlocked = true
    const {dyno, ended} = await run('true')
    await expect(ended).rejects.toThrow('ECONNREFUSED')
    await until(() => expect(logOf(dyno.name)).toContain('Process exited with status 128'))
  })
})

describe('what is asked of a one-off dyno', () => {
  it('has a size that fits the tier, Standard-1X unless asked for', async () => {
    await app()
    const size = async (wish?: string) => (await post({command: 'true', size: wish})).body.size
    expect(await size()).toBe('Standard-1X')
    expect(await size('performance-l')).toBe('Performance-L')
    for (const wish of ['eco', 'private-s', '1X']) {
      expect(await post({command: 'true', size: wish})).toMatchObject({status: 422, body: {id: 'invalid_params'}})
    }
  })

  it('is Eco for an Eco app, and nothing else', async () => {
    await app({web: {quantity: 0, size: 'Eco'}})
    expect((await post({command: 'true'})).body.size).toBe('Eco')
    expect((await post({command: 'true', size: 'standard-1x'})).status).toBe(422)
  })

  it('is one of five Performance dynos at most', async () => {
    await app()
    const run = () => post({command: 'sleep 60', size: 'performance-m'})
    for (let i = 0; i < 5; i += 1) expect((await run()).status).toBe(201)
    expect(await run()).toMatchObject({status: 422, body: {id: 'cannot_run_above_limit', limit: 5}})
    expect((await post({command: 'true'})).status).toBe(201)
  })

  it('lives a day at most, and ends soon after its time', async () => {
    await app()
    expect((await post({command: 'true', time_to_live: 86_401})).status).toBe(422)
    const seen = await run('sleep 60', {time_to_live: 30})
    expect(await seen.ended).toBe('rendezvous\r\n')
    await until(() => expect(logOf(seen.dyno.name)).toContain('Process exited with status 143'))
  })

  it('ends with all of its type', async () => {
    await app()
    const names = []
    for (let i = 0; i < 2; i += 1) names.push((await post({command: 'sleep 60'})).body.name)
    const stop = () => ask('POST', '/apps/acme/formations/run/actions/stop', undefined, {Accept: sdk})
    expect((await stop()).status).toBe(202)
    for (const name of names) await until(() => expect(logOf(name).join('\n')).toMatch('to complete'))
    expect((await stop()).status).toBe(404)
  })

  it('takes numbers in env, which the stock CLI sends from a terminal', async () => {
    await app()
    const {ended} = await run('echo $COLUMNS $TERM', {env: {COLUMNS: 80, TERM: 'dumb'}})
    expect(await ended).toBe('rendezvous\r\n80 dumb\n')
    expect((await post({command: 'true', env: {'a-b': 'c'}})).status).toBe(422)
  })
})

describe('the throw-away authority', () => {
  it('vouches for its server and nobody else', () => {
    const {ca, cert} = throwAwayCertificate(['localhost', '127.0.0.1'])
    const server = new X509Certificate(cert)
    expect(server.verify(new X509Certificate(ca).publicKey)).toBe(true)
    expect(server.verify(new X509Certificate(throwAwayCertificate(['localhost']).ca).publicKey)).toBe(false)
    expect([server.checkHost('localhost'), server.checkIP('127.0.0.1'), server.ca]).toEqual([
      'localhost',
      '127.0.0.1',
      false,
    ])
  })

  it('stands beside the authorities a client trusted before', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ca-'))
    try {
      const before = path.join(folder, 'company.pem')
      await writeFile(before, 'company\n')
      expect(await readFile(writeCaFile(folder, 'ours\n', before), 'utf8')).toBe('ours\ncompany\n')
      expect(await readFile(writeCaFile(folder, 'ours\n', path.join(folder, 'gone.pem')), 'utf8')).toBe('ours\n')
    } finally {
      await rm(folder, {recursive: true})
    }
  })
})
