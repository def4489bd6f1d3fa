import fc from 'fast-check'
import {expect, it} from 'vitest'

import {parseBuildArgs} from '../../src/lib/config/build-args.js'

it('keeps every value as it was written, commas and = included', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[A-Za-z_]\w{0,9}$/), fc.string()), (args) => {
      const flags = Object.entries(args).map(([key, value]) => `${key}=${value}`)
      expect(parseBuildArgs(flags)).toEqual({args: {...args}, problems: []})
    }),
  )
})

it('collects every problem, and never says a value', () => {
  const {problems} = parseBuildArgs([
    'TOKEN',
    'A=secret-1',
    'A=secret-2',
    '9=secret-3',
    '=secret-4',
    'postgres://me:hunter22@host/db?a=b',
  ])
  expect(problems).toEqual([
    '--arg number 1 has no "=": write --arg KEY=VALUE',
    '--arg A is given twice',
    '--arg number 4 does not begin with a name: write --arg KEY=VALUE',
    '--arg number 5 does not begin with a name: write --arg KEY=VALUE',
    '--arg number 6 does not begin with a name: write --arg KEY=VALUE',
  ])
})
