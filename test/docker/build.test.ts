import {createHash} from 'node:crypto'
import {rm, utimes, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {setTimeout} from 'node:timers/promises'

import {describe, expect, test} from 'vitest'

import {BuildFailed} from '../../src/lib/docker/errors.js'
import {errorIn, jsonLines} from '../../src/lib/docker/json-lines.js'
import {fileSync} from '../../src/lib/docker/session/file-sync.js'
import {serve} from '../../src/lib/docker/session/grpc.js'
import {openSession} from '../../src/lib/docker/session/session.js'
import {connect} from '../../src/lib/docker/transport.js'
import {needs} from '../real/needs.js'
import {
  build,
  contextWith,
  contextWithShell,
  engineAt,
  engines,
  listImage,
  removeImages,
  SHELL,
  uniqueName,
} from './rig.js'

/** Seconds since the epoch. */
const TIME = 1_700_000_000

describe.each(engines)('on $engine', ({engine: part, host}) => {
  test('arguments reach the build as they are, and the image runs what was built', async (ctx) => {
    await needs(ctx, part)
    const values = {COMMAS: 'a,b=c,,d', LINES: 'one\ntwo "three" \\ $HOME', EMPTY: '', UNICODE: 'grüße 🚀'}
    const echo = Object.keys(values).map((name) => `ARG ${name}\nRUN busybox printf '<%s>\\n' "$${name}"\n`)
    const context = await contextWithShell({Dockerfile: SHELL + echo.join('')})
    const {lines} = await build(await engineAt(host()), {context, args: values, noCache: true})
    expect(lines).toEqual(['<a,b=c,,d>', '<one', 'two "three" \\ $HOME>', '<>', '<grüße 🚀>'])
  })

  test('a target leaves the other stages out, and labels and every tag are on the image', async (ctx) => {
    await needs(ctx, part)
    const names = [uniqueName(), uniqueName()]
    const context = await contextWithShell({
      Dockerfile: `${SHELL}COPY first /\nFROM scratch AS wanted\nCOPY second /\nFROM scratch\nCOPY third /\n`,
      first: '1',
      second: '2',
      third: '3',
    })
    const engine = await engineAt(host())
    const {steps} = await build(engine, {context, target: 'wanted', labels: {'org.example.a': 'b,c="d"'}, tags: names})
    expect(steps.map(({message}) => message).join('\n')).toContain('COPY second /')
    expect(steps.map(({message}) => message).join('\n')).not.toMatch(/COPY (first|third)/)
    for (const name of names) {
      expect(Object.keys(await listImage(host(), name))).toEqual(['second'])
      const {body} = await connect({host: host(), from: 'a test'}).json({method: 'GET', path: `/images/${name}/json`})
      expect(body).toMatchObject({Config: {Labels: {'org.example.a': 'b,c="d"'}}, Architecture: 'amd64', Os: 'linux'})
    }
    await removeImages(host(), names)
  })

  test('a second build takes its steps from the cache and is the same image; without the cache they run', async (ctx) => {
    await needs(ctx, part)
    const context = await contextWithShell({
      Dockerfile: `${SHELL}RUN busybox echo ${uniqueName()} | busybox tee /file\n`,
    })
    const engine = await engineAt(host())
    const first = await build(engine, {context})
    const again = await build(engine, {context})
    expect(again.imageId).toBe(first.imageId)
    const ran = ({steps}: typeof first) => steps.findLast(({message}) => message.includes('RUN'))
    expect(ran(first)?.cached).toBe(false)
    expect(ran(again)?.cached).toBe(true)
    expect(again.lines).toEqual([])
    const last = again.steps.at(-1)
    expect(last).toMatchObject({done: last?.total})

    const uncached = await build(engine, {context, noCache: true})
    expect(ran(uncached)?.cached).toBe(false)
    expect(uncached.lines).toHaveLength(1)
  })

  test('every line of output comes, whole and in order', async (ctx) => {
    await needs(ctx, part)
    const loop = 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "line $i ünïcödé 🚀"; done; busybox printf "no end"'
    const context = await contextWithShell({Dockerfile: `${SHELL}RUN ${loop}\n`})
    const {lines} = await build(await engineAt(host()), {context, noCache: true})
    expect(lines).toEqual([...Array.from({length: 3000}, (_, at) => `line ${at + 1} ünïcödé 🚀`), 'no end'])
  })

  test('the two streams of a step do not mix within a line', async (ctx) => {
    await needs(ctx, part)
    const loop =
      'i=0; while [ $i -lt 300 ]; do i=$((i+1)); busybox printf "out"; busybox printf "err" >&2; done; echo; echo >&2'
    const context = await contextWithShell({Dockerfile: `${SHELL}RUN ${loop}\n`})
    const {lines} = await build(await engineAt(host()), {context, noCache: true})
    expect(lines.sort()).toEqual(['err'.repeat(300), 'out'.repeat(300)])
  })

  test('a step that fails is named, with the last 100 lines', async (ctx) => {
    await needs(ctx, part)
    const loop = 'i=0; while [ $i -lt 150 ]; do i=$((i+1)); echo "line $i"; done; busybox printf "the end"; exit 7'
    const context = await contextWithShell({Dockerfile: `${SHELL}RUN ${loop}\n`})
    const failure = await build(await engineAt(host()), {context, noCache: true}).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(BuildFailed)
    const {lines, vertex, message} = failure as BuildFailed
    expect(lines).toEqual([...Array.from({length: 99}, (_, at) => `line ${at + 52}`), 'the end'])
    expect(vertex).toContain('RUN i=0')
    expect(message).toContain('exit code: 7')
  })

  test('a Dockerfile that is wrong, or not there, is the build’s failure', async (ctx) => {
    await needs(ctx, part)
    const engine = await engineAt(host())
    const wrong = await contextWith({Dockerfile: 'FROM scratch\nCOPPY . /\n'})
    await expect(build(engine, {context: wrong})).rejects.toThrow(/unknown instruction/)
    const none = await contextWith({})
    await expect(build(engine, {context: none})).rejects.toBeInstanceOf(BuildFailed)
    const unknown = await contextWith({Dockerfile: 'FROM scratch\nCOPY . /\n'})
    await expect(build(engine, {context: unknown, target: 'nowhere'})).rejects.toThrow(/nowhere/)
  })

  test('a Dockerfile outside the context', async (ctx) => {
    await needs(ctx, part)
    const name = uniqueName()
    const context = await contextWith({'inside.txt': 'x'})
    const elsewhere = await contextWith({'docker/web.Dockerfile': 'FROM scratch\nCOPY . /\n', 'docker/other.txt': 'x'})
    await build(await engineAt(host()), {
      context,
      dockerfile: path.join(elsewhere, 'docker/web.Dockerfile'),
      tags: [name],
    })
    expect(Object.keys(await listImage(host(), name))).toEqual(['inside.txt'])
    await removeImages(host(), [name])
  })

  test('a second build sends only what changed', async (ctx) => {
    await needs(ctx, part)
    const files = Object.fromEntries(Array.from({length: 50}, (_, at) => [`dir/${at}.bin`, Buffer.alloc(200_000, at)]))
    const context = await contextWith({...files, Dockerfile: 'FROM scratch\nCOPY . /\n'})
    await utimes(path.join(context, 'dir/7.bin'), TIME, TIME)
    const name = uniqueName()
    const engine = await engineAt(host())
    await build(engine, {context})
    await writeFile(path.join(context, 'dir/7.bin'), Buffer.alloc(200_000, 99))
    await utimes(path.join(context, 'dir/7.bin'), TIME, TIME)
    await writeFile(path.join(context, 'dir/8.bin'), 'changed')
    await rm(path.join(context, 'dir/9.bin'))
    await build(engine, {context, tags: [name]})
    const listed = await listImage(host(), name)
    expect(listed['dir/9.bin']).toBeUndefined()
    expect(listed['dir/8.bin']?.content).toBe(sha256('changed'))
    // Same size and time: as docker has it, this was not sent again.
    expect(listed['dir/7.bin']?.content).toBe(sha256(Buffer.alloc(200_000, 7)))
    await removeImages(host(), [name])
  })

  test('a signal ends the build in the engine too', async (ctx) => {
    await needs(ctx, part)
    const marker = uniqueName()
    const context = await contextWithShell({Dockerfile: `${SHELL}RUN busybox echo ${marker} && busybox sleep 600\n`})
    const controller = new AbortController()
    const reason = new Error('stopped by a test')
    const building = build(await engineAt(host()), {context, noCache: true}, controller.signal).catch(
      (error: unknown) => error,
    )
    // The engine says itself whether the step's file system is still mounted.
    await expect.poll(() => stepsInUse(host(), marker), {timeout: 30_000, interval: 100}).not.toEqual([])
    controller.abort(reason)
    expect(await building).toBe(reason)
    await expect.poll(() => stepsInUse(host(), marker), {timeout: 30_000, interval: 100}).toEqual([])
  })

  test('four builds at once each get their own context', async (ctx) => {
    await needs(ctx, part)
    const engine = await engineAt(host())
    const contexts = await Promise.all(
      [1, 2, 3, 4].map((at) =>
        contextWithShell({Dockerfile: `${SHELL}COPY mine /mine\nRUN busybox cat /mine\n`, mine: `number ${at}\n`}),
      ),
    )
    const built = await Promise.all(contexts.map((context) => build(engine, {context, noCache: true})))
    expect(built.map(({lines}) => lines)).toEqual([['number 1'], ['number 2'], ['number 3'], ['number 4']])

    // And the same folder at once, as two process types of one app have it; BuildKit then runs a step once for all.
    const names = [1, 2, 3, 4].map(uniqueName)
    const same = await Promise.all(
      names.map((name) => build(engine, {context: contexts[0]!, noCache: true, tags: [name]})),
    )
    expect(new Set(same.map(({imageId}) => imageId)).size).toBe(1)
    await removeImages(host(), names)
  })
})

test('a session that was idle for 16 s still serves a build, and one that answers no health check does not', async (ctx) => {
  await needs(ctx, 'docker', 'newer-docker')
  const context = await contextWith({Dockerfile: 'FROM scratch\nCOPY . /\n', file: 'x'})
  const buildAfterSilence = async (host: string, open: typeof openSession) => {
    const transport = connect({host, from: 'a test'})
    const session = await open(transport, [fileSync({context, dockerfile: context}, () => {})], {
      sharedKey: uniqueName(),
    })
    await setTimeout(16_000)
    const query = {version: '2', remote: 'client-session', session: session.id, dockerfile: 'Dockerfile'}
    const stream = await transport.stream({method: 'POST', path: '/build', query, signal: AbortSignal.timeout(20_000)})
    const errors: string[] = []
    for await (const message of jsonLines(stream))
      errors.push(...[errorIn(message)].filter((error) => error !== undefined))
    session.close()
    return errors
  }
  const results = engines.map(({host}) =>
    Promise.all([
      buildAfterSilence(host(), openSession),
      buildAfterSilence(host(), openWithoutHealth).catch((error: Error) => [error.message]),
    ]),
  )
  for (const [alive, dropped] of await Promise.all(results)) {
    expect(alive).toEqual([])
    expect(dropped).not.toEqual([])
  }
})

/** What a session was before this project learned of health checks. */
const openWithoutHealth: typeof openSession = async (transport, services) => {
  const id = uniqueName()
  const socket = await transport.hijack('/session', {
    Upgrade: 'h2c',
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': 'test',
    'X-Docker-Expose-Session-Grpc-Method': services.map(({path}) => path),
  })
  return {id, close: serve(socket, services).close}
}

/** Steps with this text in their command whose file system the engine has mounted. */
async function stepsInUse(host: string, marker: string): Promise<string[]> {
  const {body} = await connect({host, from: 'a test'}).json({
    method: 'GET',
    path: '/system/df',
    query: {type: 'build-cache'},
  })
  const {BuildCache} = body as {BuildCache?: Array<{Description: string; InUse: boolean}>}
  return (BuildCache ?? [])
    .filter(({Description, InUse}) => InUse && Description.includes(marker))
    .map(({Description}) => Description)
}

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex')
