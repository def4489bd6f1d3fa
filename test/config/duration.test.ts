import {expect, it} from 'vitest'

import {parseDuration} from '../../src/lib/config/duration.js'

it.each([
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5m', 90_000],
  ['0s', 0],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

it.each(['30', '', 's', '1,5s', '30 s', '-1s', '1d', '1s!'])('refuses %j: it does not guess', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})
