import {open} from 'node:fs/promises'
import {setImmediate as breathe} from 'node:timers/promises'
import path from 'node:path'

import type {Entry} from '../context/entry.js'
import {ContextError, reasonOf} from '../context/error.js'
import {walk, type Wanted} from '../context/walk.js'
import {GRPC, GrpcError, method, type Call, type Method} from './grpc.js'
import {PACKET, packet, type Packet} from './messages.js'

/** Bytes per message, and how long the walk may keep the event loop: the engine's health checks want an answer meanwhile. */
const CHUNK = 64 * 1024
const TURN_MS = 20

/**
 * Gives BuildKit the folders it knows by name, and only the files whose size or time changed since it last had them (fsutil's protocol:
 * all entries first, then the contents asked for by number). `failed` hears why a transfer could not go on.
 */
export function fileSync(folders: Record<string, string>, failed: (error: Error) => void): Method {
  return method('/moby.filesync.v1.FileSync/DiffCopy', {request: packet, response: packet}, async (call) => {
    const [name = 'context'] = call.header('dir-name')
    const root = folders[name]
    if (!root) throw new GrpcError(GRPC.notFound, `no access allowed to dir "${name}"`)
    try {
      await transfer(call, root, wantedOf(call))
    } catch (error) {
      if (!(error instanceof ContextError)) throw error
      failed(error)
      await call.send({type: PACKET.error, data: Buffer.from(error.message)})
      throw error
    }
  })
}

type Transfer = Call<Packet, Packet>

async function transfer(call: Transfer, root: string, wanted: Wanted): Promise<void> {
  const files = new Map<number, Entry>()
  // Requests come while entries still go out; the first error on either side ends both.
  await Promise.all([sendEntries(call, root, wanted, files), answerRequests(call, root, files)])
}

async function answerRequests(call: Transfer, root: string, files: Map<number, Entry>): Promise<void> {
  for await (const {type, ID = 0, data} of call.messages()) {
    if (type === PACKET.error) throw new Error(`the engine stopped the transfer: ${Buffer.from(data ?? []).toString()}`)
    if (type === PACKET.fin) return call.send({type: PACKET.fin})
    if (type === PACKET.request) await sendContent(call, root, ID, files)
  }
}

async function sendEntries(call: Transfer, root: string, wanted: Wanted, files: Map<number, Entry>): Promise<void> {
  let id = 0
  let turn = performance.now()
  for (const entry of walk(root, wanted)) {
    if (entry.hasContent) files.set(id, entry)
    id += 1
    await call.send({type: PACKET.stat, stat: entry.stat})
    if (performance.now() - turn < TURN_MS) continue
    await breathe()
    turn = performance.now()
  }
  await call.send({type: PACKET.stat})
}

async function sendContent(call: Transfer, root: string, id: number, files: Map<number, Entry>): Promise<void> {
  const entry = files.get(id)
  if (!entry) throw new Error(`the engine asks for file ${id}, which it was not told of`)
  files.delete(id)
  if (entry.size > 0n) await sendFile(call, path.join(root, entry.stat.path), id, entry.size)
  await call.send({type: PACKET.data, ID: id, data: Buffer.alloc(0)})
}

/** Docker sends what it finds, even nothing; we rather say so than build half a file. */
async function sendFile(call: Transfer, file: string, id: number, size: bigint): Promise<void> {
  const cannot = (error: unknown): never => {
    throw new ContextError(`Can't read ${file} for the build: ${reasonOf(error)}`, {cause: error})
  }
  const handle = await open(file).catch(cannot)
  try {
    let sent = 0n
    for (;;) {
      const {bytesRead, buffer} = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK).catch(cannot)
      sent += BigInt(bytesRead)
      if (sent > size || (bytesRead === 0 && sent < size)) {
        throw new ContextError(
          `${file} changed while it was sent to the build: nothing may write there meanwhile; build again`,
        )
      }
      if (bytesRead === 0) return
      await call.send({type: PACKET.data, ID: id, data: buffer.subarray(0, bytesRead)})
    }
  } finally {
    await handle.close()
  }
}

const wantedOf = (call: Transfer): Wanted => ({
  include: values(call, 'include-patterns'),
  exclude: values(call, 'exclude-patterns'),
  follow: values(call, 'followpaths'),
})

/** BuildKit escapes values as a URL's query when one of them is not ASCII, and says so in a header of its own. */
function values(call: Transfer, name: string): string[] {
  const found = call.header(name)
  const [encoded] = call.header(`${name}-encoded`)
  return encoded === '1' ? found.map((value) => decodeURIComponent(value.replaceAll('+', ' '))) : found
}
