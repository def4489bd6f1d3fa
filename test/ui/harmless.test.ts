import fc from 'fast-check'
import {expect, test} from 'vitest'

import {harmlessLines, oneLine} from '../../src/lib/ui/harmless.js'
import {text} from './arbitrary.js'

test('escape sequences go whole, their text stays', () => {
  expect(
    harmlessLines('a\u001B[1;31mred\u001B[0m \u001B]0;title\u0007b\u001B]8;;http://x\u001B\\link\u001B(B'),
  ).toEqual(['ared blink'])
  expect(harmlessLines('\u009B2Jcleared \u001B]unended\nnext')).toEqual(['cleared', 'next'])
})

test('a carriage return leaves what it was last overwritten with', () => {
  expect(harmlessLines('10%\r20%\r30%\r\ndone\r')).toEqual(['30%', 'done'])
})

test('one line of many', () => {
  expect(oneLine('first\n\n  second\tthird\n')).toBe('first   second    third')
})

test('whatever comes, no control character and no reordering is left', () => {
  fc.assert(
    fc.property(text, (foreign) => {
      for (const line of [...harmlessLines(foreign), oneLine(foreign)]) {
        expect(line).not.toMatch(/\p{Cc}|\p{Cs}|[\u2028\u2029\u202A-\u202E\u2066-\u2069]/u)
      }
    }),
  )
})
