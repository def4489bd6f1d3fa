import {appendFile, chmod, rm, truncate} from 'node:fs/promises'
import {createServer, type Socket} from 'node:net'
import path from 'node:path'

import grpc from '@grpc/grpc-js'
import {afterEach, expect, test} from 'vitest'

import {ContextError} from '../../src/lib/docker/context/error.js'
import {fileSync} from '../../src/lib/docker/session/file-sync.js'
import {serve} from '../../src/lib/docker/session/grpc.js'
import {health} from '../../src/lib/docker/session/health.js'
import {healthRequest, healthResponse, PACKET, packet, type Packet} from '../../src/lib/docker/session/messages.js'
import {needs} from '../real/needs.js'
import {contextWith, tempFolder} from './rig.js'

const closing: Array<() => void> = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

test('a stranger’s gRPC client is answered: a call with one message, and a method nobody has', async () => {
  const client = await clientOf([health()])
  const codecs = [
    (value: object) => healthRequest.encode(value),
    (bytes: Buffer) => healthResponse.decode(bytes),
  ] as const
  const call = (method: string) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(method, ...codecs, {}, (error, answer) => (error ? reject(error) : resolve(answer)))
    })
  expect(await call('/grpc.health.v1.Health/Check')).toMatchObject({status: 1})
  await expect(call('/no.such/Method')).rejects.toMatchObject({code: grpc.status.UNIMPLEMENTED})
})

test('all entries come, then what is asked for, then both say goodbye', async () => {
  const big = Buffer.alloc(500_000, 'abc')
  const context = await contextWith({'a.txt': 'first', 'dir/big.bin': big})
  const {entries, contents, status} = await receive(context, () => ['a.txt', 'dir/big.bin'])
  expect(entries).toEqual(['a.txt', 'dir', 'dir/big.bin'])
  expect(contents.get('a.txt')?.toString()).toBe('first')
  expect(contents.get('dir/big.bin')?.equals(big)).toBe(true)
  expect(status.code).toBe(grpc.status.OK)
})

test('patterns with commas and with letters beyond ASCII arrive as they were sent', async () => {
  const context = await contextWith({'a, b': '', a: '', b: '', 'ü+ x': '', ü: ''})
  const metadata = new grpc.Metadata()
  metadata.add('exclude-patterns', 'a, b')
  expect((await receive(context, () => [], metadata)).entries).toEqual(['a', 'b', 'ü', 'ü+ x'])
  const encoded = new grpc.Metadata()
  encoded.add('exclude-patterns-encoded', '1')
  for (const name of ['%C3%BC%2B+x', 'a%2C+b']) encoded.add('exclude-patterns', name)
  expect((await receive(context, () => [], encoded)).entries).toEqual(['a', 'b', 'ü'])
})

test('a folder that was not offered is refused', async () => {
  const metadata = new grpc.Metadata()
  metadata.set('dir-name', 'elsewhere')
  const {status, entries} = await receive(await contextWith({a: ''}), () => [], metadata)
  expect(entries).toEqual([])
  expect(status).toMatchObject({code: grpc.status.NOT_FOUND, details: expect.stringContaining('elsewhere')})
})

test.for<[string, (file: string) => Promise<unknown>, RegExp]>([
  ['vanishes', (file) => rm(file), /not there any more/],
  ['grows', (file) => appendFile(file, 'more'), /changed while it was sent/],
  ['shrinks', (file) => truncate(file, 2), /changed while it was sent/],
])('a file that %s before it is asked for ends the transfer and is named', async ([, change, words]) => {
  const context = await contextWith({'a.txt': 'content', 'b.txt': 'content'})
  const {failure, status, errors} = await receive(context, async () => {
    await change(path.join(context, 'b.txt'))
    return ['a.txt', 'b.txt']
  })
  expect(failure).toBeInstanceOf(ContextError)
  expect(failure?.message).toMatch(words)
  expect(failure?.message).toContain(path.join(context, 'b.txt'))
  expect(errors).toEqual([failure?.message])
  expect(status.code).not.toBe(grpc.status.OK)
})

test('what may not be read is named, a file and a folder', async (ctx) => {
  // Root reads everything: it is another user for a moment.
  await needs(ctx, 'root')
  const context = await contextWith({'open.txt': 'x', 'closed.txt': 'x', 'zz/inside.txt': 'x'})
  await Promise.all([chmod(context, 0o755), chmod(path.join(context, 'closed.txt'), 0o600)])
  const asNobody = async (work: () => ReturnType<typeof receive>) => {
    process.seteuid!(65_534)
    try {
      return await work()
    } finally {
      process.seteuid!(0)
    }
  }
  const file = await asNobody(() => receive(context, () => ['open.txt', 'closed.txt']))
  expect(file.failure?.message).toMatch(/closed\.txt .*permission denied.*\.dockerignore/)

  await chmod(path.join(context, 'zz'), 0o700)
  const folder = await asNobody(() => receive(context, () => []))
  expect(folder.failure?.message).toMatch(/zz .*permission denied/)
  const metadata = new grpc.Metadata()
  metadata.add('exclude-patterns', 'zz')
  metadata.add('exclude-patterns', '!zz/keep')
  expect((await asNobody(() => receive(context, () => [], metadata))).failure).toBeUndefined()
})

/** The receiving end, as the engine has it, over grpc-js: an implementation that is not ours. */
async function receive(context: string, ask: () => Promise<string[]> | string[], metadata = new grpc.Metadata()) {
  let failure: Error | undefined
  const client = await clientOf([fileSync({context}, (error) => (failure = error))])
  const call = client.makeBidiStreamRequest(
    '/moby.filesync.v1.FileSync/DiffCopy',
    (value: Packet) => packet.encode(value),
    (bytes: Buffer) => packet.decode(bytes),
    metadata,
    {deadline: Date.now() + 20_000},
  )
  const entries: string[] = []
  const errors: string[] = []
  const contents = new Map<string, Buffer>()
  let open = 0
  const onPacket = async ({type, stat, ID = 0, data = new Uint8Array()}: Packet) => {
    if (type === PACKET.error) errors.push(Buffer.from(data).toString())
    if (type === PACKET.fin) call.end()
    if (type === PACKET.stat && stat) entries.push(stat.path)
    if (type === PACKET.stat && !stat) {
      const asked = await ask()
      open = asked.length
      for (const name of asked) call.write({type: PACKET.request, ID: entries.indexOf(name)})
      if (open === 0) call.write({type: PACKET.fin})
    }
    if (type !== PACKET.data) return
    const name = entries[ID]!
    contents.set(name, Buffer.concat([contents.get(name) ?? Buffer.alloc(0), data]))
    if (data.length === 0 && --open === 0) call.write({type: PACKET.fin})
  }
  call.on('data', (message: Packet) => void onPacket(message))
  call.on('error', () => {})
  const status = await new Promise<grpc.StatusObject>((resolve) => call.on('status', resolve))
  return {entries, contents, status, failure, errors}
}

/** A client on the other end of a real socket. */
async function clientOf(methods: Parameters<typeof serve>[1]): Promise<grpc.Client> {
  const address = path.join(await tempFolder(), 'session.sock')
  const server = createServer((socket: Socket) => {
    const {close} = serve(socket, methods)
    closing.push(close)
  })
  await new Promise<void>((resolve) => server.listen(address, resolve))
  const client = new grpc.Client(`unix:${address}`, grpc.credentials.createInsecure())
  closing.push(() => {
    client.close()
    server.close()
  })
  await new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve()))
  })
  return client
}
