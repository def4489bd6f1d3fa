import {execFile, spawn} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, expect, it} from 'vitest'

import {writeArchive} from '../../../bench/memory-archive.js'
import {diagnose} from '../../../src/lib/memory/diagnose/diagnose.js'
import {readArchives} from '../../../src/lib/memory/read/files.js'
import type {Diagnosis} from '../../../src/lib/memory/types.js'
import {needs} from '../../real/needs.js'

// The same archive, worked out by programs that share no line with ours. No warm-up: they know of none.
const run = promisify(execFile)
const MEGABYTES = 8
let folder: string
let archive: string
let ours: Diagnosis
let samples: number

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'memory-independent-'))
  archive = path.join(folder, 'archive.log')
  samples = await writeArchive(archive, MEGABYTES)
  ours = diagnose(await readArchives([archive]), {warmUpMs: 0})
})
afterAll(() => rm(folder, {recursive: true}))

it('grep and awk', async () => {
  expect(ours.types[0]!.samples).toBe(samples)
  // Median and nearest-rank p95 need the values sorted; awk of any make can count.
  const program = String.raw`
    /sample#memory_total=/ {
      match($0, /dyno=[^ ]+/); dyno = substr($0, RSTART + 5, RLENGTH - 5); n = split(dyno, parts, ".")
      match($0, /memory_total=[0-9.]+/); total = substr($0, RSTART + 13, RLENGTH - 13)
      print parts[n], total
    }`
  const {stdout} = await run(
    'sh',
    [
      '-c',
      `awk '${program}' "$1" | LC_ALL=C sort -k1,1 -k2,2n | awk '
    function flush(   half) {
      if (n == 0) return
      half = int((n + 1) / 2)
      print key, n, (n % 2) ? v[half] : (v[half] + v[half + 1]) / 2, v[int((n * 95 + 99) / 100)]
    }
    $1 != key { flush(); key = $1; n = 0 }
    { v[++n] = $2 }
    END { flush() }'`,
      'sh',
      archive,
    ],
    {maxBuffer: 1 << 24},
  )
  const theirs = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
  const told = ours.instances.map(({baseline, p95, samples, uuid}) => [uuid, samples, baseline, p95])
  expect(told.sort()).toEqual(
    theirs.map(([uuid, n, middle, p95]) => [uuid, Number(n), Number(middle), Number(p95)]).sort(),
  )
  const {stdout: errors} = await run('grep', ['-c', 'Error R14', archive])
  expect(ours.types[0]!.r14.count).toBe(Number(errors))
})

it('SQL', async (ctx) => {
  await needs(ctx, 'sqlite3')
  const query = `
    CREATE TABLE lines(line TEXT);
    .mode list
    .separator "\\001"
    .import '${archive}' lines
    CREATE TABLE samples AS
      SELECT substr(line, 1, 23) AS at,
        CAST(substr(line, instr(line, 'memory_total=') + 13) AS REAL) AS total,
        CAST(substr(line, instr(line, 'memory_quota=') + 13) AS REAL) AS quota
      FROM lines WHERE line LIKE '%sample#memory_total=%';
    .mode json
    SELECT count(*) AS samples, min(at) AS first, max(at) AS last, max(quota) AS quota,
      (SELECT round(avg(total), 2) FROM (SELECT total FROM samples ORDER BY total
        LIMIT 2 - (SELECT count(*) FROM samples) % 2 OFFSET (SELECT (count(*) - 1) / 2 FROM samples))) AS median
    FROM samples;`
  const [theirs] = JSON.parse(await piped('sqlite3', query)) as Array<Record<string, unknown>>
  const [{baseline, from, quota, samples, to}] = ours.types as [Diagnosis['types'][0]]
  const iso = (at: number | undefined) => new Date(at ?? 0).toISOString().slice(0, 23)
  expect(theirs).toEqual({samples, first: iso(from), last: iso(to), quota, median: baseline})
})

/** What a program says to what it is told. */
async function piped(command: string, input: string): Promise<string> {
  const child = spawn(command, {stdio: ['pipe', 'pipe', 'inherit'], timeout: 30_000})
  // Its own commands begin a line.
  child.stdin.end(input.replaceAll(/^ +/gm, ''))
  let said = ''
  for await (const chunk of child.stdout) said += String(chunk)
  return said
}
