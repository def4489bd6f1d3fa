import {expect, test} from 'vitest'

import {decideBySight} from '../../src/lib/recover/by-sight.js'
import {parseScale} from '../../src/lib/recover/parse-scale.js'
import type {Sight} from '../../src/lib/recover/read-sight.js'

const sight: Sight = {
  app: 'acme',
  maintenance: true,
  quantities: {web: 1, worker: 0, clock: 0},
  lastUp: {worker: {quantity: 2, by: 'me@example.com'}},
  pending: [],
  dynos: [],
}

test('quantities are asked for, never guessed', () => {
  expect(decideBySight(sight, {})).toMatchObject({
    do: 'ask',
    left: [
      {
        what: 'worker is at 0, and the log tells of 2 by me@example.com and clock is at 0. Say what it should be, 0 included:',
        command: 'heroku pipeline:recover --app acme --scale worker=2 --scale clock=N',
      },
    ],
  })
  expect(decideBySight(sight, {worker: 3})).toMatchObject({
    do: 'ask',
    left: [{command: 'heroku pipeline:recover --app acme --scale worker=3 --scale clock=N'}],
  })
  const scale = {worker: 3, clock: 0}
  expect(decideBySight(sight, scale)).toEqual({do: 'restore', scale, maintenanceOff: true})
})

test('whatever is said, what goes on by itself has to end first', () => {
  const scale = {worker: 3, clock: 0}
  expect(decideBySight({...sight, dynos: ['run.1234']}, scale)).toMatchObject({
    do: 'ask',
    left: [{command: 'heroku logs --dyno run.1234 --num 1500 --tail --app acme'}],
  })
  expect(decideBySight({...sight, pending: [42]}, scale)).toMatchObject({
    do: 'ask',
    left: [{command: 'heroku releases:output v42 --app acme'}],
  })
})

test('an app that is open to everybody is left alone, types at 0 and all', () => {
  expect(decideBySight({...sight, maintenance: false}, {})).toMatchObject({do: 'nothing'})
  const scale = {worker: 2}
  expect(decideBySight({...sight, maintenance: false}, scale)).toEqual({do: 'restore', scale, maintenanceOff: false})
})

test('--scale takes TYPE=N, and says every problem', () => {
  expect(parseScale(['worker=2,clock=0', 'web=1'])).toEqual({scale: {worker: 2, clock: 0, web: 1}, problems: []})
  const {problems} = parseScale(['worker', 'web=-1', 'clock=1', 'clock=2', 'web=many'])
  expect(problems).toEqual([
    '--scale worker: write --scale worker=2',
    '--scale web=-1: write --scale worker=2',
    '--scale clock is given twice',
    '--scale web=many: write --scale worker=2',
  ])
})
