import {expect, test} from 'vitest'

import {formatBytes, formatDuration, formatProgress} from '../../src/lib/ui/format.js'

test('durations grow from tenths to hours and never say 60', () => {
  const spans = [Number.NaN, -5, 0, 49, 1234, 59_949, 59_950, 125_000, 3_599_400, 3_599_500, 7_380_000]
  expect(spans.map((ms) => formatDuration(ms))).toEqual([
    '0.0s',
    '0.0s',
    '0.0s',
    '0.0s',
    '1.2s',
    '59.9s',
    '1m 0s',
    '2m 5s',
    '59m 59s',
    '1h 0m',
    '2h 3m',
  ])
})

test('progress says as much as is known', () => {
  expect(formatProgress({})).toBeUndefined()
  expect(formatProgress({current: 3, total: 7})).toBe('3/7')
  expect(formatProgress({total: 7, unit: 'steps'})).toBe('0/7')
  expect(formatProgress({current: 12_300_000, total: 45_000_000, unit: 'bytes'})).toBe('12.3 MB of 45 MB')
  expect(formatProgress({current: 999, unit: 'bytes'})).toBe('999 B')
  expect(formatBytes(Number.NaN)).toBe('0 B')
})
