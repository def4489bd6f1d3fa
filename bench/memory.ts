import {execFile, fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

import {linkedHome, runHeroku} from '../test/real/heroku-cli.js'
import {writeArchive} from './memory-archive.js'
import type {Row, Run, Side} from './row.js'

const run = promisify(execFile)
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
/** `BENCH_MEMORY_MB=100`: a quick try. The promise is about 1000. */
const MEGABYTES = Number(process.env.BENCH_MEMORY_MB ?? 1000)
const NEEDLE = 'sample#memory_total'
const PATIENCE_MS = 120_000

/** The rows about archives of logs; they need nothing but disk. `remove` takes away what they have written. */
export async function prepareMemory(): Promise<{rows: Row[]; remove(): Promise<void>}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-memory-'))
  const archive = path.join(folder, 'archive.log')
  const empty = path.join(folder, 'empty.log')
  let reader: ChildProcess | undefined
  let home: Awaited<ReturnType<typeof linkedHome>> | undefined
  const given = `${MEGABYTES} MB, 95 % of the lines by router and app, 2.3 % memory samples; in the page cache`

  const write = async () => {
    await writeFile(empty, '')
    await writeArchive(archive, MEGABYTES)
  }
  const written = {once: undefined as Promise<void> | undefined}
  const before = () => (written.once ??= write())

  const commandOn = (file: string): Side => ({
    name: `heroku pipeline:memory --from ${path.basename(file)}`,
    async run() {
      home ??= await linkedHome()
      return command(home, file, path.join(folder, 'rss'))
    },
  })
  const rows: Row[] = [
    {
      id: 'memory-archive',
      title: 'Read an archive of logs',
      given: `${given}; ours in one process that has read it before, from opening the file to the last sample`,
      atLeast: 9,
      before,
      sides: [
        {
          name: 'the reader of pipeline:memory',
          run() {
            reader ??= fork(here('memory-reader.ts'))
            return asked(reader, archive)
          },
        },
        {name: `LC_ALL=C grep -c ${NEEDLE}`, run: () => grep(archive)},
      ],
    },
    {
      id: 'memory-command',
      title: 'The whole command on an archive of logs',
      given: `${given}; against the same on an empty file, which it refuses (exit 3)`,
      before,
      sides: [commandOn(archive), commandOn(empty)],
    },
  ]
  return {
    rows,
    async remove() {
      reader?.kill()
      await home?.remove()
      await written.once?.catch(() => {})
      await rm(folder, {recursive: true, force: true})
    },
  }
}

async function asked(reader: ChildProcess, file: string): Promise<Run> {
  const answer = once(reader, 'message', {signal: AbortSignal.timeout(PATIENCE_MS)})
  reader.send(file)
  const [{failed, samples, total}] = (await answer) as [{failed?: string; samples: number; total: number}]
  if (failed !== undefined) throw new Error(failed)
  return {figures: {total}, end: {samples}}
}

async function grep(file: string): Promise<Run> {
  const begin = performance.now()
  const {stdout} = await run('grep', ['-c', NEEDLE, file], {env: {...process.env, LC_ALL: 'C'}, timeout: PATIENCE_MS})
  return {figures: {total: performance.now() - begin}, end: {samples: Number(stdout)}}
}

async function command(home: Awaited<ReturnType<typeof linkedHome>>, file: string, rss: string): Promise<Run> {
  const env = {NODE_OPTIONS: `--import ${here('peak-rss.mjs')}`, PEAK_RSS: rss}
  const begin = performance.now()
  const ran = await runHeroku(['pipeline:memory', '--from', file], {home, env, timeoutMs: PATIENCE_MS})
  const total = performance.now() - begin
  if (ran.code !== 0 && ran.code !== 3) throw new Error(`exit ${ran.code}\n${ran.stderr}`)
  return {figures: {total, 'peak RSS MB': Number(await readFile(rss, 'utf8'))}}
}
