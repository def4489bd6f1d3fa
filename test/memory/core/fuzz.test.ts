import fc from 'fast-check'
import {expect, it} from 'vitest'

import {compareReleases} from '../../../src/lib/memory/compare/compare.js'
import {diagnose} from '../../../src/lib/memory/diagnose/diagnose.js'
import {emptyRecording} from '../../../src/lib/memory/recording.js'
import {random} from './noise.js'
import {read} from './read.js'
import {happenings, linesOf} from './world.js'

/** `FUZZ_SECONDS=300` for a long run, `FUZZ_SEED=…` for another or the same one again. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 3)
const SEED = Number(process.env.FUZZ_SEED ?? 1)
/** What parsers stumble over. */
const PIECES = [
  '\n',
  '\r\n',
  '\r',
  '\0',
  ' ',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  '\u001B[31m',
  'sample#memory_total=',
  '#memory',
  'MB',
  'measure=memory_total val=1 units=MB',
  'Process running mem=',
  'Process exited with status ',
  'State changed from up to crashed',
  'Release v1 created',
  'Error R14 (Memory quota exceeded)',
  'heroku[web.1]: ',
  'heroku/web.1: ',
  'app[api]: ',
  ' heroku web.1 - ',
  '99999 <45>1 ',
  '1 <45>1 ',
  '2024-13-01T00:00:00Z',
  '2024-01-01T00:00:00.999999999+99:99',
  'Feb 30 25:61:61',
  '9'.repeat(400),
  '1e999',
  '-',
  '.',
  '{"message":"',
  '{"timestamp":1e300,"message":"',
  '[[[[[[[[[[',
  '�',
  'ÿ',
].map((piece) => Buffer.from(piece, 'latin1'))

it(
  `whatever the bytes are, nothing breaks and nothing is lost count of (${SECONDS} s, seed ${SEED})`,
  {timeout: (SECONDS + 60) * 1000},
  async () => {
    const next = random(SEED)
    const pick = (below: number) => Math.floor(next() * below)
    const corpus = fc
      .sample(happenings, {seed: SEED, numRuns: 50})
      .map((all) => Buffer.from(all.flatMap((each) => linesOf(each).map((line) => `${line}\n`)).join('')))
    const into = emptyRecording()
    let runs = 0
    for (const end = Date.now() + SECONDS * 1000; Date.now() < end || runs < 50; runs++) {
      const bytes = mutated(corpus[pick(corpus.length)]!, pick)
      const recording = await read(bytes, {piece: 1 + pick(200)})
      const {counts, events, samples} = recording
      const where = `seed ${SEED}, run ${runs}: ${JSON.stringify(bytes.toString('latin1'))}`
      expect(counts.used + counts.skipped, where).toBe(counts.lines)
      expect(counts.used, where).toBe(events.length + samples.length)
      expect(counts.bytes).toBe(bytes.length)
      expect(recording, where).toEqual(await read(bytes))
      for (let row = 0; row < samples.length; row++) {
        expect(samples.at[row]! >= 0 && samples.total[row]! >= 0, where).toBe(true)
      }
      const diagnosis = diagnose(recording)
      // What cannot be said in JSON (NaN, Infinity) would be null there.
      expect(JSON.stringify(diagnosis), where).not.toContain('null')
      compareReleases(recording, {releases: []})
      await read(bytes, {into})
    }
  },
)

function mutated(bytes: Buffer, pick: (below: number) => number): Buffer {
  let text = bytes
  for (let times = pick(12); times >= 0; times--) {
    const at = pick(text.length + 1)
    const to = Math.min(text.length, at + pick(pick(4) === 0 ? 300 : 8))
    const part =
      pick(3) === 0
        ? Buffer.from(Array.from({length: pick(6)}, () => pick(256)))
        : pick(2) === 0
          ? PIECES[pick(PIECES.length)]!
          : text.subarray(pick(text.length + 1), to)
    text = Buffer.concat([text.subarray(0, at), part, text.subarray(to)])
  }
  return text
}
