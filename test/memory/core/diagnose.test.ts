import {describe, expect, it} from 'vitest'

import {diagnose} from '../../../src/lib/memory/diagnose/diagnose.js'
import {addSample, emptyRecording} from '../../../src/lib/memory/recording.js'
import {read} from './read.js'

const begin = Date.UTC(2024, 2, 1)
const at = (seconds: number): string => new Date(begin + seconds * 1000).toISOString()
const sample = (
  seconds: number,
  total: number,
  uuid: string | undefined = 'a',
  rest = ' sample#memory_quota=512.00MB',
): string =>
  `${at(seconds)} heroku[web.1]: source=web.1 ${uuid ? `dyno=heroku.1.${uuid} ` : ''}sample#memory_total=${total.toFixed(2)}MB${rest}\n`
const line = (seconds: number, message: string, who = 'heroku[web.1]'): string => `${at(seconds)} ${who}: ${message}\n`
/** Samples every 20 s from one moment up to another. */
const between = (from: number, to: number, total: number, uuid?: string): string => {
  let text = ''
  for (let seconds = from; seconds < to; seconds += 20) text += sample(seconds, total, uuid)
  return text
}

describe('instances', () => {
  it('a restart makes another one: they do not blend', async () => {
    const {instances, types} = diagnose(await read(between(0, 3600, 400, 'a') + between(3620, 7200, 200, 'b')))
    expect(instances.map(({baseline, uuid}) => [uuid, baseline])).toEqual([
      ['a', 400],
      ['b', 200],
    ])
    expect(types).toMatchObject([{dynos: 2, peak: 400}])
  })

  it('without uuids a boot that the log tells of parts them', async () => {
    const text =
      between(0, 3600, 400, '') +
      line(3610, 'State changed from up to starting') +
      line(3612, 'Process exited with status 143')
    const {instances} = diagnose(
      await read(text + line(3640, 'State changed from starting to up') + between(3660, 7200, 200, '')),
    )
    expect(instances.map(({baseline, uuid}) => [uuid, baseline])).toEqual([
      [undefined, 400],
      [undefined, 200],
    ])
  })
})

describe('the warm-up', () => {
  it('is left out where the start is known: others were seen before', async () => {
    const text = between(0, 1800, 300, 'a') + between(1820, 1900, 900, 'b') + between(1900, 3600, 250, 'b')
    const [, second] = diagnose(await read(text)).instances
    expect(second).toMatchObject({baseline: 250, peak: 900, samples: 89})
    expect(diagnose(await read(text), {warmUpMs: 0}).instances[1]!.p95).toBeGreaterThanOrEqual(250)
  })

  it('is not left out of what ran as the recording began', async () => {
    expect(diagnose(await read(between(0, 60, 300))).types[0]).toMatchObject({samples: 3, baseline: 300})
  })

  it('may take everything, and that is said', async () => {
    const [web] = diagnose(await read(line(0, 'State changed from starting to up') + between(20, 120, 300))).types
    expect(web).toMatchObject({samples: 5, onlyWarmUp: true, peak: 300})
    expect(web).not.toHaveProperty('baseline')
  })
})

describe('the quota', () => {
  const bare = sample(0, 300, 'a', '')
  it('is the last that a line says, else of mem=, else of the dyno size, else not known', async () => {
    const two = sample(0, 300) + sample(20, 300, 'a', ' sample#memory_quota=1024.00MB')
    expect(diagnose(await read(two), {quotas: {web: 2560}}).types[0]).toMatchObject({
      quota: 1024,
      quotaFrom: 'line',
      headroom: 724,
    })
    const told = bare + line(20, 'Process running mem=1210M(118.1%)')
    expect(diagnose(await read(told), {quotas: {web: 2560}}).types[0]).toMatchObject({
      quota: 1024,
      quotaFrom: 'percent',
      headroom: -186,
    })
    expect(diagnose(await read(bare), {quotas: {web: 2560}}).types[0]).toMatchObject({
      quota: 2560,
      quotaFrom: 'dyno-size',
    })
    const [unknown] = diagnose(await read(bare), {quotas: {worker: 512}}).types
    expect(unknown).not.toHaveProperty('quota')
    expect(unknown).not.toHaveProperty('headroom')
  })
})

describe('kills', () => {
  const r15 = line(100, 'Error R15 (Memory quota vastly exceeded)')
  it.each([
    ['137 after an R15', r15 + line(101, 'Process exited with status 137'), 1],
    ['137 alone: somebody else killed it', line(101, 'Process exited with status 137'), 0],
    ['another status', r15 + line(101, 'Process exited with status 1'), 0],
    ['long after', r15 + line(800, 'Process exited with status 137'), 0],
    [
      'once for one R15',
      r15 + line(101, 'Process exited with status 137') + line(130, 'Process exited with status 137'),
      1,
    ],
    ['of another dyno', r15 + line(101, 'Process exited with status 137', 'heroku[web.2]'), 0],
  ])('%s', async (_name, text, count) => {
    const [web] = diagnose(await read(between(0, 90, 300) + text)).types
    expect(web).toMatchObject({r15: {count: text.includes('R15') ? 1 : 0}, oomKills: {count}})
  })

  it('R14s are of the instance that ran then', async () => {
    const r14 = line(3500, 'Error R14 (Memory quota exceeded)') + line(3520, 'Error R14 (Memory quota exceeded)')
    const {instances} = diagnose(await read(r14 + between(0, 3600, 600, 'a') + between(3620, 7200, 200, 'b')))
    expect(instances.map((each) => each.r14)).toEqual([{count: 2, first: begin + 3_500_000}, {count: 0}])
  })
})

describe('the metrics API', () => {
  const minutes = (count: number, into = emptyRecording()) => {
    for (let minute = 0; minute < count; minute++) {
      addSample(into, 'metrics', {at: begin + minute * 60_000, type: 'web', total: 300, peak: 420, quota: 512})
    }
    return into
  }

  it('knows types, no dynos', () => {
    const {instances, types} = diagnose(minutes(60))
    expect(instances).toEqual([])
    expect(types).toMatchObject([
      {type: 'web', sources: ['metrics'], dynos: 0, samples: 60, baseline: 300, p95: 420, peak: 420},
    ])
  })

  it('and a log do not blend: the longer one tells, the peak is everybody’s', async () => {
    const log = await read(between(3000, 3100, 100) + line(3050, 'Process running mem=600M(117.2%)'))
    const {instances, types} = diagnose(minutes(60, log))
    expect(types).toMatchObject([
      {sources: ['metrics'], samples: 60, baseline: 300, dynos: 1, peak: 600, headroom: -88},
    ])
    expect(instances).toMatchObject([{dyno: 'web.1', samples: 5, baseline: 100}])
  })
})

it('only what was asked for is looked at', async () => {
  const recording = await read(between(0, 7200, 300, 'a') + line(7100, 'Error R14 (Memory quota exceeded)'))
  const {types} = diagnose(recording, {from: begin + 3_600_000, to: begin + 3_660_000})
  expect(types).toMatchObject([{samples: 3, r14: {count: 0}, from: begin + 3_600_000}])
})
