import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import zlib, {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {diagnose} from '../../../src/lib/memory/diagnose/diagnose.js'
import {readArchives} from '../../../src/lib/memory/read/files.js'
import {nodeBinary} from '../../real/heroku-cli.js'
import {needs} from '../../real/needs.js'
import {linesOf} from './world.js'

const run = promisify(execFile)
let folder: string
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'memory-archives-'))))
afterAll(() => rm(folder, {recursive: true}))

const minute = (at: number): string =>
  Array.from({length: 200}, (_, index) =>
    linesOf({
      at: Date.UTC(2024, 2, 1, at) + index * 20_000,
      dyno: `web.${1 + (index % 2)}`,
      uuid: '7f9b14bc-1d3b-47f4-91c1-704964b8793f',
      total: 300 + index,
      swap: 0,
      quota: 512,
      style: index,
      kind: index % 5 === 0 ? 'router' : 'sample',
    }).map((line) => `${line}\n`),
  )
    .flat()
    .join('')

const first = minute(1)
const second = minute(5)
/** The same, wherever it was read from. */
const told = async (files: string[], options = {}) => {
  const recording = await readArchives(files, options)
  return {types: diagnose(recording).types.map(({sources: _, ...rest}) => rest), notes: recording.notes}
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const where = path.join(folder, name)
  await writeFile(where, content)
  return where
}

async function* chunks(content: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += length) yield content.subarray(from, from + length)
}

describe('archives', () => {
  it('plain, packed or of two bytes a character, in one file or many, in any order, say the same', async () => {
    const whole = await told([await file('whole.log', first + second)])
    expect(whole.types).toMatchObject([{type: 'web', samples: 320, dynos: 2}])
    const a = await file('a.log', first)
    const b = await file('b.log', second)
    const packed = await file('b.whatever', gzipSync(second))
    expect(await told([a, b])).toEqual(whole)
    expect(await told([packed, a])).toEqual(whole)
    expect(await told([await file('two.gz', Buffer.concat([gzipSync(second), gzipSync(first)]))])).toEqual(whole)
    expect(await told([await file('wide.log', Buffer.from(`\uFEFF${first}${second}`, 'utf16le'))])).toEqual(whole)
    expect(await told([a, b, a])).toEqual(whole)
  })

  it.each([1, 3, 1000])('stdin, packed or not, in pieces of %i', async (length) => {
    const plain = Buffer.from(second)
    const whole = await told([await file('c.log', second)])
    expect(await told(['-'], {stdin: chunks(plain, length)})).toEqual(whole)
    expect(await told(['-'], {stdin: chunks(gzipSync(plain), length)})).toEqual(whole)
  })

  it('larger than what is read at once', async () => {
    const filler = '2024-03-01T00:00:00+00:00 app[web.1]: '.padEnd(3000, 'x')
    const lines = first.split('\n').map((line) => `${filler}\n${line}\n`)
    expect((await told([await file('large.log', lines.join(''))])).types).toEqual(
      (await told([await file('small.log', first)])).types,
    )
  })

  it('an empty one has nothing', async () => {
    expect(await told([await file('empty.log', '')])).toEqual({types: [], notes: []})
  })

  it('a packed one that ends in the middle is read as far as it goes, and that is noted', async () => {
    const packed = gzipSync(first, {level: 0})
    const cut = await told([await file('cut.gz', packed.subarray(0, packed.length / 2))])
    expect(cut.types[0]!.samples).toBeGreaterThan(50)
    expect(cut.notes).toEqual([expect.stringMatching(/cut\.gz ends in the middle$/)])
  })

  it.each([
    [
      'damaged',
      async () => file('bad.gz', Buffer.concat([gzipSync(first).subarray(0, 200), Buffer.alloc(500, 7)])),
      /bad\.gz is damaged/,
    ],
    ['missing', async () => path.join(folder, 'nowhere.log'), /nowhere\.log: there is no such file/],
    ['a folder', async () => folder, /EISDIR/],
    ['zip', async () => file('a.zip', Buffer.from([0x50, 0x4b, 3, 4, 0, 0])), /unpack it first/],
  ])('%s: it says so', async (_name, make, message) => {
    await expect(readArchives([await make()])).rejects.toMatchObject({
      name: 'ArchiveUnreadable',
      message: expect.stringMatching(message),
    })
  })

  it('zstd: Node 20 says that it cannot read it, others that this one is cut off', async () => {
    const archive = await file('b.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]))
    if ('createZstdDecompress' in zlib) expect((await told([archive])).notes).toHaveLength(1)
    else await expect(readArchives([archive])).rejects.toThrow(/zstd, which Node v2\S* cannot read/)
  })

  it('stops when it is told to', async () => {
    await expect(readArchives([await file('e.log', first)], {signal: AbortSignal.abort()})).rejects.toThrow(/abort/i)
  })
})

it('zstd, of several frames, as Node 22 reads it', async (ctx) => {
  await needs(ctx, 'node-22')
  const plain = await file('f.log', first + second)
  const program = `
    import {readFileSync, writeFileSync} from 'node:fs'
    import {zstdCompressSync} from 'node:zlib'
    import {readArchives} from ${JSON.stringify(new URL('../../../dist/lib/memory/read/files.js', import.meta.url).href)}
    const bytes = readFileSync(process.argv[1])
    const half = bytes.length / 2
    writeFileSync(process.argv[1] + '.zst', Buffer.concat([bytes.subarray(0, half), bytes.subarray(half)].map((part) => zstdCompressSync(part))))
    writeFileSync(process.argv[1] + '.cut.zst', zstdCompressSync(bytes).subarray(0, -20))
    const of = async (file) => {
      const {counts, notes, samples} = await readArchives([file])
      return {bytes: counts.bytes, notes: notes.length, samples: samples.length}
    }
    console.log(JSON.stringify([await of(process.argv[1]), await of(process.argv[1] + '.zst'), await of(process.argv[1] + '.cut.zst')]))
  `
  const {stdout} = await run(await nodeBinary(22), ['--no-warnings', '--input-type=module', '-e', program, plain], {
    timeout: 30_000,
  })
  const [read, unpacked, cut] = JSON.parse(stdout) as Array<{samples: number; notes: number}>
  expect(read).toMatchObject({samples: 320, notes: 0})
  expect(unpacked).toEqual(read)
  expect(cut).toMatchObject({notes: 1})
})
