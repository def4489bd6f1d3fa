import {describe, expect, test} from 'vitest'

import {parseCompare} from '../../../src/lib/memory/command/compare-request.js'
import type {Live} from '../../../src/lib/memory/command/live.js'
import {reportOf} from '../../../src/lib/memory/command/report.js'
import {chooseStep} from '../../../src/lib/memory/sources/metrics-step.js'
import {addEvent, addSample, emptyRecording} from '../../../src/lib/memory/recording.js'
import type {Recording} from '../../../src/lib/memory/types.js'
import {scaleOf} from '../../../src/lib/memory/views/chart.js'
import {formatCsv} from '../../../src/lib/memory/views/csv.js'
import {liveLines} from '../../../src/lib/memory/views/live-lines.js'
import {formatMarkdown} from '../../../src/lib/memory/views/markdown.js'
import {lasting, mb, moment, percent} from '../../../src/lib/memory/views/numbers.js'
import {bridged} from '../../../src/lib/memory/views/series.js'
import {sparkline} from '../../../src/lib/memory/views/sparkline.js'
import {formatSvg} from '../../../src/lib/memory/views/svg.js'
import {formatText} from '../../../src/lib/memory/views/text.js'
import {displayWidth} from '../../../src/lib/ui/ink/width.js'
import {paintFor} from '../../../src/lib/ui/paint.js'

const START = Date.parse('2026-11-20T10:00:00Z')
const MINUTE = 60_000
const paint = paintFor(false)

/** Two dynos of a type for two hours; after one hour the second half of the quota is left alone. */
function recordingOf(type = 'web'): Recording {
  const recording = emptyRecording()
  for (let at = START; at < START + 120 * MINUTE; at += 20_000) {
    const first = at < START + 60 * MINUTE
    for (const number of [1, 2]) {
      const uuid = `0000000${number}-0000-4000-8000-00000000000${first ? 1 : 2}`
      const total = (first ? 530 : 200) + number + (at % 7)
      addSample(recording, 'archive', {at, type, dyno: `${type}.${number}`, uuid, total, quota: 512})
      if (first) addEvent(recording, {at: at + 1, kind: 'R14', dyno: `${type}.${number}`})
    }
  }

  addEvent(recording, {at: START + 60 * MINUTE, kind: 'release', version: 42})
  return recording
}

const reading = (recording: Recording) => ({
  recording,
  sources: [{source: 'archive' as const, answered: true, says: 'a.log: 720 samples'}],
  notes: [],
})
const report = (recording = recordingOf()) => reportOf(reading(recording), {})

describe('numbers for people', () => {
  test.each([
    [mb(512), '512 MB'],
    [mb(201.24), '201.2 MB'],
    [mb(undefined), '–'],
    [percent(-0.608, {signed: true}), '−60.8 %'],
    [percent(0, {signed: true}), '0.0 %'],
    [percent(1.152), '115 %'],
    [lasting(42_000), '42 s'],
    [lasting(130 * MINUTE), '2 h 10 min'],
    [lasting(50 * 60 * MINUTE), '2 days'],
    [moment(START, START + MINUTE), '10:00Z'],
    [moment(START, START + 24 * 60 * MINUTE), 'Nov 20 10:00Z'],
    [moment(START - 365 * 24 * 60 * MINUTE, START), 'Nov 20 2025 10:00Z'],
  ])('%s', (text, wanted) => expect(text).toBe(wanted))
})

test('numbers over a release say that they are of both, and what tells them apart', () => {
  const whole = report().notes.filter((note) => note.includes('--compare'))
  expect(whole).toEqual([expect.stringContaining('--compare v41..v42')])
  const recording = emptyRecording()
  addSample(recording, 'archive', {at: START, type: 'web', dyno: 'web.1', total: 200})
  addEvent(recording, {at: START - MINUTE, kind: 'release', version: 42})
  expect(report(recording).notes.join('; ')).not.toMatch('--compare')
})

describe('charts', () => {
  test('a sparkline goes from nothing to the top, and has no cell where nothing is known', () => {
    expect(sparkline([0, 256, null, 512, 9999], 512)).toBe('▁▅ ██')
  })

  test('gaps between values of ten minutes are closed, one that is longer by far stays', () => {
    const series = [5, null, null, 6, null, null, 7, null, null, null, null, null, null, null, null, null, 8, 8]
    const open = Array.from({length: 9}, () => null)
    expect(bridged(series)).toEqual([5, 5, 5, 6, 6, 6, 7, ...open, 8, 8])
  })

  test.each([1, 511, 512, 513, 600, 601, 1000, 2559, 14_000])(
    'the scale of %d is at or above it, and not twice',
    (value) => {
      expect(scaleOf(value)).toBeGreaterThanOrEqual(value)
      expect(scaleOf(value)).toBeLessThan(Math.max(2, value * 2))
    },
  )

  test('the text of a terminal is never wider than it, and says quota, releases and R14', () => {
    for (const width of [40, 79, 100]) {
      const look = {paint, width, now: START, rows: 24, releases: []}
      const text = formatText(report(), recordingOf(), look)
      expect(Math.max(...text.split('\n').map((line) => displayWidth(line)))).toBeLessThanOrEqual(width)
      if (width > 40) expect(text.split('\n').length).toBeLessThan(24)
      expect(text).toContain('512 MB┤')
      expect(text).toContain('▲v42')
    }
  })

  test('an SVG has a line at the quota, one at each release, dots for R14, both grounds, and no foreign markup', () => {
    const evil = '<script>"&'
    const svg = formatSvg(recordingOf('w<b>"'), {
      diagnosis: report(recordingOf('w<b>"')).diagnosis,
      now: START,
      releases: [{at: START + 60 * MINUTE, version: 42}],
      title: evil,
    })
    expect(svg).toContain('quota 512 MB')
    expect(svg.match(/class="release"/g)).toHaveLength(1)
    expect(svg.match(/class="trouble" cx/g)!.length).toBeGreaterThan(10)
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg).not.toContain('<script')
    expect(svg).not.toContain('w<b')
    expect(svg).not.toContain('NaN')
    const opened = [...svg.matchAll(/<(\w+)(?:\s[^>]*)?(?<!\/)>/g)].map(([, name]) => name)
    const closed = [...svg.matchAll(/<\/(\w+)>/g)].map(([, name]) => name)
    expect(opened.sort()).toEqual(closed.sort())
  })
})

describe('other formats', () => {
  test('CSV has a row a type and one a dyno instance, and no formula of a stranger', () => {
    const rows = formatCsv(report(recordingOf('=1+1,"'))).split('\n')
    expect(rows).toHaveLength(1 + 1 + 4)
    expect(rows[1]).toMatch(/^"'=1\+1,""",,,720,2026-11-20T10:00:00\.000Z,/)
    expect(rows[0]!.split(',')).toHaveLength(17)
  })

  test('Markdown is a table, whatever the names say', () => {
    const text = formatMarkdown(report(recordingOf('a|b*')))
    expect(text).toMatch(/^### Memory over 120 min\n\n\| {2}\| samples \|/)
    expect(text).toMatch(/^\| a\\\|b\\\* \| 720 \|/m)
    expect(text).toMatch(/^From a\.log: 720 samples\.$/m)
  })
})

describe('the dashboard', () => {
  const live = (dynos: number): Live => ({
    facts: {
      app: {id: 'id', name: 'example-app'},
      formation: [{type: 'web', quantity: dynos, size: 'Standard-1X'}],
      releases: [],
      current: {version: 41, at: START},
      sizes: [],
      logged: true,
      notes: [],
    },
    recording: recordingOf(),
    history: emptyRecording(),
    quotas: {web: 512},
    now: START + 119 * MINUTE,
    refusals: [],
  })

  test.each([
    [40, 10, 2],
    [80, 24, 2],
    [80, 12, 50],
    [200, 60, 50],
  ])('%d columns, %d rows, %d dynos: it fits', (columns, rows, dynos) => {
    const lines = liveLines(live(dynos), {columns, rows, paint})
    expect(lines.length).toBeLessThan(rows)
    expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThan(columns)
    expect(lines[0]).toContain('v42 since 11:00Z')
    expect(lines.some((line) => /^ {2}web\.1 +20\d(\.\d)? MB/.test(line))).toBe(true)
    expect(lines.some((line) => /more with more room/.test(line))).toBe(dynos === 50 && rows === 12)
  })

  test('what the metrics host knows from before is shown as of the type, and nobody takes it for the dyno', () => {
    const before = live(2)
    const history = emptyRecording()
    for (let minute = 60; minute < 119; minute += 1) {
      addSample(history, 'metrics', {at: START + minute * MINUTE, type: 'web', total: 300, peak: 300})
    }

    const young = emptyRecording()
    const now = START + 118 * MINUTE
    addSample(young, 'log-session', {at: now, type: 'web', dyno: 'web.1', uuid: 'u', total: 100, quota: 512})
    const lines = liveLines({...before, history, recording: young}, {columns: 100, rows: 24, paint: paintFor(true)})
    const row = lines.find((line) => line.includes('web.1')) ?? ''
    const {busy, dim} = paintFor(true)
    expect(row.indexOf(dim('▅'))).toBeGreaterThan(0)
    expect(row.lastIndexOf(dim('▅'))).toBeLessThan(row.indexOf(busy('▂')))
    expect(lines.join('\n')).toContain('Dim: the highest of the type, from the metrics API (undocumented)')
  })
})

describe('what is asked', () => {
  test.each([
    [['previous'], {what: 'previous'}],
    [['v41..v42'], {what: 'versions', before: 41, after: 42}],
    [['41..42'], {what: 'versions', before: 41, after: 42}],
    [['a.log', 'b.log'], {what: 'files', before: 'a.log', after: 'b.log'}],
  ])('--compare %j', (values, compare) => expect(parseCompare(values)).toEqual({compare}))

  test.each([[['v42..v41']], [['v41']], [['a', 'b', 'c']]])('--compare %j is a problem', (values) => {
    expect(parseCompare(values)).toHaveProperty('problem')
  })

  // platform-facts §8.7
  test.each([
    [1, 'Standard-1X', '1m'],
    [3, 'Standard-1X', '10m'],
    [30, 'Standard-1X', '1h'],
    [100, 'Standard-1X', '2h'],
    [9999, 'Standard-1X', '2h'],
    [1, 'Basic', '10m'],
    [1, 'Eco', undefined],
  ])('%d hours of a %s: buckets of %s', (hours, size, step) => {
    expect(chooseStep(hours * 60 * MINUTE, size)?.step).toBe(step)
  })
})
