import {describe, expect, it} from 'vitest'

import type {Dyno} from '../../src/lib/heroku/types.js'
import {expectedDynos, judgeDynos, startWatch} from '../../src/lib/app/dyno-health.js'
import {processType} from '../ship/facts.js'

const formation = [processType('web', 1), processType('worker', 2), processType('clock', 0), processType('release', 1)]

const dyno = (name: string, state: string, more: Partial<Dyno> = {}): Dyno => {
  const type = name.split('.')[0]!
  return {id: `${name}-1`, name, type, state, release: 42, command: '', createdAt: '', updatedAt: '', ...more}
}

/** Polls at the given seconds, and says what the last one came to. */
function judge(polls: Array<{at: number; dynos: Dyno[]; crashes?: Record<string, number>}>) {
  const watch = startWatch()
  let verdict
  for (const {at, crashes = {}, dynos} of polls) {
    verdict = judgeDynos(watch, {dynos, formation, now: at * 1000, version: 42, crashes: (name) => crashes[name] ?? 0})
  }

  return verdict
}

const up = (): Dyno[] => [dyno('web.1', 'up'), dyno('worker.1', 'up'), dyno('worker.2', 'up')]

it('expects the dynos of the formation, and neither release nor one-off dynos', () => {
  expect(expectedDynos(formation)).toEqual(['web.1', 'worker.1', 'worker.2'])
})

describe('a version is up', () => {
  it('when every expected dyno is, for as long as none changed', () => {
    expect(judge([{at: 0, dynos: up()}])).toMatchObject({state: 'up', stableMs: 0})
    expect(
      judge([
        {at: 0, dynos: up()},
        {at: 30, dynos: up()},
      ]),
    ).toMatchObject({state: 'up', stableMs: 30_000})
  })

  it('whatever one-off, scheduler and surplus dynos do', () => {
    const others = [
      dyno('run.1', 'crashed'),
      dyno('worker.5180', 'crashed'),
      dyno('scheduler.1', 'starting'),
      dyno('worker.3', 'crashed'),
    ]
    expect(judge([{at: 0, dynos: [...up(), ...others]}])).toMatchObject({state: 'up'})
  })

  it('and starts the time anew when a dyno has been restarted in between', () => {
    const restarted = up().map((each) => ({...each, id: `${each.name}-2`}))
    expect(
      judge([
        {at: 0, dynos: up()},
        {at: 20, dynos: restarted},
        {at: 30, dynos: restarted},
      ]),
    ).toMatchObject({stableMs: 10_000})
  })

  it('not while dynos of the old version are listed, or none', () => {
    const old = up().map((each) => ({...each, release: 41}))
    expect(judge([{at: 0, dynos: old}])).toMatchObject({
      state: 'waiting',
      waitingFor: ['web.1', 'worker.1', 'worker.2'],
    })
    expect(judge([{at: 0, dynos: []}])).toMatchObject({state: 'waiting'})
  })
})

describe('a version has crashed', () => {
  const crashed = (more: Partial<Dyno> = {}) => [dyno('web.1', 'crashed', more), ...up().slice(1)]

  it('when a dyno crashes twice: a first crash is restarted', () => {
    expect(judge([{at: 0, dynos: crashed()}])).toMatchObject({state: 'waiting'})
    expect(
      judge([
        {at: 0, dynos: crashed()},
        {at: 4, dynos: crashed({id: 'web.1-2'})},
      ]),
    ).toMatchObject({state: 'crashed', dyno: 'web.1'})
    expect(
      judge([
        {at: 0, dynos: crashed()},
        {at: 4, dynos: crashed({updatedAt: 'later'})},
      ]),
    ).toMatchObject({state: 'crashed'})
  })

  it('when it stays crashed, because the platform restarts only the first crash at once', () => {
    expect(
      judge([
        {at: 0, dynos: crashed()},
        {at: 14, dynos: crashed()},
      ]),
    ).toMatchObject({state: 'waiting'})
    expect(
      judge([
        {at: 0, dynos: crashed()},
        {at: 15, dynos: crashed()},
      ]),
    ).toMatchObject({state: 'crashed'})
  })

  it('when the log tells of two crashes that no poll saw', () => {
    const starting = [dyno('web.1', 'starting'), ...up().slice(1)]
    expect(judge([{at: 0, dynos: starting, crashes: {'web.1': 2}}])).toMatchObject({state: 'crashed', dyno: 'web.1'})
  })

  it('not by crashes of the version before', () => {
    const old = [dyno('web.1', 'crashed', {release: 41})]
    expect(
      judge([
        {at: 0, dynos: old},
        {at: 60, dynos: old},
      ]),
    ).toMatchObject({state: 'waiting'})
  })
})
