import {describe, expect, it} from 'vitest'

import {read, samplesOf} from './read.js'

const UUID = '7f9b14bc-1d3b-47f4-91c1-704964b8793f'
const BODY = `source=web.1 dyno=heroku.222222222.${UUID} sample#memory_total=34.41MB sample#memory_rss=34.33MB sample#memory_cache=0.08MB sample#memory_swap=0.00MB sample#memory_pgpgin=9pages sample#memory_pgpgout=0pages sample#memory_quota=512.00MB`
const AT = Date.parse('2024-01-01T09:03:22.012Z')
const SECOND = Date.parse('2024-01-01T09:03:22Z')
const SAMPLE = {type: 'web', dyno: 'web.1', uuid: UUID, total: 34.41, rss: 34.33, cache: 0.08, swap: 0, quota: 512}
const framed = (message: string, head = '<45>1 2024-01-01T09:03:22.012194+00:00 host heroku web.1 - '): string =>
  `${head.length + message.length} ${head}${message}`

describe('one sample, said in many ways', () => {
  it.each([
    ['Heroku CLI', `2024-01-01T09:03:22.012194+00:00 heroku[web.1]: ${BODY}`, AT],
    ['Windows line end', `2024-01-01T09:03:22.012194+00:00 heroku[web.1]: ${BODY}\r`, AT],
    ['Z', `2024-01-01T09:03:22.012Z heroku[web.1]: ${BODY}`, AT],
    ['no fraction', `2024-01-01T09:03:22+00:00 heroku[web.1]: ${BODY}`, SECOND],
    ['another zone', `2024-01-01T11:33:22.012194+02:30 heroku[web.1]: ${BODY}`, AT],
    ['west', `2024-01-01T01:03:22.012194-0800 heroku[web.1]: ${BODY}`, AT],
    ['colours', `\u001B[36m2024-01-01T09:03:22.012194+00:00 heroku[web.1]:\u001B[0m ${BODY}`, AT],
    ['Logplex frame', framed(BODY), AT],
    ['frames without line ends', framed(BODY) + framed('Cycling'), AT],
    ['a frame whose count is wrong', framed(BODY).replace(/^\d+/, '12'), AT],
    ['in what an app logs', `2024-01-02T00:00:00.000000+00:00 app[log.1]: got ${framed(BODY)}`, AT],
    ['Papertrail', `Jan  1 09:03:22 acme heroku/web.1:  ${BODY}`, Date.parse('2026-01-01T09:03:22Z')],
    ['Papertrail with a year', `Jan 01 2024 09:03:22 acme heroku/web.1: ${BODY}`, SECOND],
    [
      'Papertrail archive',
      [
        '1',
        '2024-01-01T09:03:22Z',
        '2024-01-01T09:03:29Z',
        '2',
        'acme',
        '192.0.2.1',
        'Local7',
        'Info',
        'heroku/web.1',
        BODY,
      ].join('\t'),
      SECOND,
    ],
    ['docker compose', `drain_1  | 2024-01-01T09:03:22.012194+00:00 heroku[web.1]: ${BODY}`, AT],
    ['JSON, whole line', JSON.stringify({message: `2024-01-01T09:03:22.012194+00:00 heroku[web.1]: ${BODY}`}), AT],
    [
      'JSON, parts',
      JSON.stringify({timestamp: '2024-01-01T09:03:22.012Z', appname: 'heroku', proc_id: 'web.1', msg: BODY}),
      AT,
    ],
    [
      'JSON, program',
      JSON.stringify({
        generated_at: '2024-01-01T01:03:22-08:00',
        received_at: '2025-01-01T00:00:00Z',
        program: 'heroku/web.1',
        message: BODY,
      }),
      SECOND,
    ],
    ['JSON, seconds', JSON.stringify({time: SECOND / 1000, log: {text: BODY}}), SECOND],
    ['JSON, nanoseconds as text', JSON.stringify({ts: `${AT}000000`, line: BODY}), AT],
    ['JSON, twice the same line', JSON.stringify({'@timestamp': AT, message: BODY, original: framed(BODY)}), AT],
    ['JSON, a batch', JSON.stringify({events: [{timestamp: AT, message: BODY}, {message: 'x'}]}), AT],
    ['JSON behind a prefix', `acme-logs: ${JSON.stringify({timestamp: AT, message: BODY})}`, AT],
    ['JSON that an app logs', `2024-05-01T00:00:00Z app[log.1]: ${JSON.stringify({timestamp: AT, message: BODY})}`, AT],
    ['JSON cut off', `{"message":"2024-01-01T09:03:22.012194+00:00 heroku[web.1]: ${BODY}","ho`, AT],
    [
      'invalid UTF-8 around it',
      Buffer.concat([
        Buffer.from([0xff, 0xc3, 0x28]),
        Buffer.from(` 2024-01-01T09:03:22.012194+00:00 heroku[web.1]: ${BODY} `),
        Buffer.from([0xe2, 0x82]),
      ]),
      AT,
    ],
  ])('%s', async (_name, line, at) => {
    const bytes = Buffer.concat([Buffer.from(line), Buffer.from('\n')])
    const recording = await read(bytes)
    expect(samplesOf(recording)).toEqual([{at, ...SAMPLE}])
    expect(recording.counts).toMatchObject({used: 1, skipped: 0})
  })

  it('without quota, with pages misspelt, without dyno=', async () => {
    const line = (rest: string) => `2014-04-09T08:01:53.327012+00:00 heroku[resque.1]: ${rest}\n`
    const recording = await read(
      line('source=resque.1 dyno=heroku.1.4a3ab97f sample#memory_total=122.91MB sample#memory_pgin=41474pages') +
        line('source=run.6221 sample#memory_total=627.97MB sample#memory_rss=481.32MB') +
        line('sample#memory_total=1.50MB'),
    )
    expect(samplesOf(recording).map(({dyno, total, uuid}) => [dyno, uuid, total])).toEqual([
      ['resque.1', '4a3ab97f', 122.91],
      ['resque.1', undefined, 1.5],
      ['run.6221', undefined, 627.97],
    ])
  })
})

describe('what cannot be read is counted', () => {
  it.each([
    ['no such day', `2024-99-99T99:99:99.845449+00:00 heroku[web.1]: ${BODY}`],
    ['a year of nobody', `0024-03-01T00:33:00Z heroku[web.1]: ${BODY}`],
    ['a moment of nobody', JSON.stringify({timestamp: 1e300, message: BODY})],
    ['February 30th', `2024-02-30T09:03:22+00:00 heroku[web.1]: ${BODY}`],
    ['no time', BODY],
    ['no dyno', '2024-01-01T09:03:22+00:00 sample#memory_total=1.00MB'],
    ['cut in the total', `2024-01-01T09:03:22+00:00 heroku[web.1]: source=web.1 sample#memory_total=34.4`],
    ['cut before the total', `2024-01-01T09:03:22+00:00 heroku[web.1]: source=web.1 sample#memory_`],
    [
      'more than there is',
      `2024-01-01T09:03:22+00:00 heroku[web.1]: source=web.1 sample#memory_total=${'9'.repeat(400)}MB`,
    ],
    ['two points', '2024-01-01T09:03:22+00:00 heroku[web.1]: Process running mem=1.2.3M(1%)'],
    ['no number', `2024-01-01T09:03:22+00:00 heroku[web.1]: source=web.1 sample#memory_total=MB`],
    ['mem= without a number', '2024-01-01T09:03:22+00:00 heroku[web.1]: Process running mem=512M (out of memory)'],
    ['an exit cut off', '2024-01-01T09:03:22+00:00 heroku[web.1]: Process exited with status '],
  ])('%s', async (_name, line) => {
    const {counts, samples} = await read(line)
    expect(counts).toMatchObject({lines: 1, used: 0, skipped: 1})
    expect(samples.length).toBe(0)
  })

  it('a quota that is cut off is not known', async () => {
    const [sample] = samplesOf(await read(`2024-01-01T09:03:22+00:00 heroku[web.1]: ${BODY.slice(0, -4)}`))
    expect(sample).toEqual({at: SECOND, ...SAMPLE, quota: undefined})
  })
})

describe('what only looks like it', () => {
  it.each([
    '2024-01-01T09:03:22+00:00 app[web.1]: Release v42 created by nobody',
    '2024-01-01T09:03:22+00:00 app[web.1]: Error R14 (Memory quota exceeded)',
    '2024-01-01T09:03:22+00:00 app[web.1]: Process exited with status 137',
    '2024-01-01T09:03:22+00:00 app[web.1]: Processing by HomeController, 12 MB used, State cleared, Release 7, Memory quiet',
    '2024-01-01T09:03:22+00:00 app[heroku-redis]: source=REDIS addon=redis-x-1 sample#memory_total=12MB',
    '2024-01-01T09:03:22+00:00 heroku[router]: at=info path="/#memory-total" dyno=web.1',
  ])('%s', async (line) => {
    expect((await read(line)).counts).toMatchObject({lines: 0, used: 0, skipped: 0})
  })
})

describe('events', () => {
  it.each([
    [
      '2024-01-01T09:03:22+00:00 heroku[web.1]: Process running mem=528MB(103.1%)',
      {kind: 'running', dyno: 'web.1', total: 528, percent: 103.1},
    ],
    [
      '2024-01-01T09:03:22+00:00 heroku[web.1]: Process running mem=1.5G(150.0%)',
      {kind: 'running', dyno: 'web.1', total: 1536, percent: 150},
    ],
    ['2024-01-01T09:03:22+00:00 heroku[web.1]: Error R15 (Memory quota vastly exceeded)', {kind: 'R15', dyno: 'web.1'}],
    [
      '2024-01-01T09:03:22+00:00 heroku[web.1]: Process exited with status 137',
      {kind: 'exit', dyno: 'web.1', status: 137},
    ],
    [
      '2024-01-01T09:03:22+00:00 heroku[web.1]: State changed from starting to up',
      {kind: 'state', dyno: 'web.1', from: 'starting', to: 'up'},
    ],
    ['2024-01-01T09:03:22+00:00 app[api]: Release v42 created by user u@example.com', {kind: 'release', version: 42}],
    [
      framed('Process exited with status 137', '<45>1 2024-01-01T09:03:22+00:00 host heroku web.1 - ') + framed('x'),
      {kind: 'exit', dyno: 'web.1', status: 137},
    ],
    ['Jan 01 2024 09:03:22 acme heroku/web.1:  Error R14 (Memory quota exceeded) ', {kind: 'R14', dyno: 'web.1'}],
    ['Jan 01 2024 09:03:22 acme app/api:  Release v7 created by user u@example.com ', {kind: 'release', version: 7}],
    [
      JSON.stringify({
        date: '2024-01-01T09:03:22Z',
        source: 'heroku',
        dyno: 'web.1',
        text: 'Error R14 (Memory quota exceeded)',
      }),
      {kind: 'R14', dyno: 'web.1'},
    ],
  ])('%s', async (line, event) => {
    expect((await read(line)).events).toEqual([{at: SECOND, ...event}])
  })
})

describe('years and zones that lines leave out', () => {
  const line = (time: string) => `${time} acme heroku/web.1: Error R14 (Memory quota exceeded)`
  const moment = async (time: string, options = {}) => (await read(line(time), options)).events[0]?.at

  it('the latest year that is not in the future', async () => {
    expect(await moment('Nov 22 11:00:00')).toBe(Date.UTC(2026, 10, 22, 11))
    expect(await moment('Dec 31 23:59:59')).toBe(Date.UTC(2025, 11, 31, 23, 59, 59))
    expect(await moment('Feb 29 10:00:00')).toBe(Date.UTC(2024, 1, 29, 10))
  })

  it('the zone that was asked for', async () => {
    expect(await moment('Nov 20 14:00:00', {utcOffset: 120})).toBe(Date.UTC(2026, 10, 20, 12))
    expect(await moment('2024-01-01 14:00:00', {utcOffset: -60})).toBe(Date.UTC(2024, 0, 1, 15))
    expect(await moment('2024-01-01 14:00:00 UTC', {utcOffset: -60})).toBe(Date.UTC(2024, 0, 1, 14))
  })
})
