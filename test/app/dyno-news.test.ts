import {expect, it} from 'vitest'

import {takeDynoNews} from '../../src/lib/app/dyno-news.js'
import {systemClock} from '../../src/lib/run/clock.js'

const line = (dyno: string, text: string) => ({at: '2026-01-01T00:00:00Z', source: 'heroku', dyno, text})
const up = (dyno: string) => line(dyno, 'State changed from starting to up')
const ctx = () => ({clock: systemClock, signal: new AbortController().signal})
const HOUR_MS = 3_600_000

it('the last dyno that is waited for ends the wait, the one before it does not', async () => {
  const news = takeDynoNews()
  let over = false
  const waiting = news.sleep(HOUR_MS, {after: 0, names: ['web.1', 'worker.1']}, ctx()).then(() => (over = true))
  news.note(up('web.1'))
  await new Promise(setImmediate)
  expect([over, news.areUp(['web.1']), news.areUp(['web.1', 'worker.1'])]).toEqual([false, true, false])
  news.note(up('worker.1'))
  await waiting
})

it('a crash of one that is waited for ends the wait, one of another dyno does not', async () => {
  const news = takeDynoNews()
  let over = false
  const waiting = news.sleep(HOUR_MS, {after: 0, names: ['web.1', 'web.2']}, ctx()).then(() => (over = true))
  news.note(line('worker.1', 'State changed from starting to crashed'))
  await new Promise(setImmediate)
  expect(over).toBe(false)
  news.note(line('web.2', 'State changed from starting to crashed'))
  await waiting
})

it('what was told while the platform was asked ends the next wait; what was told before does not', async () => {
  const news = takeDynoNews()
  news.note(up('web.1'))
  await news.sleep(HOUR_MS, {after: 0, names: ['web.1']}, ctx())
  const over = new AbortController()
  const waiting = news.sleep(
    HOUR_MS,
    {after: news.count(), names: ['web.1']},
    {clock: systemClock, signal: over.signal},
  )
  over.abort(new Error('nothing new'))
  await expect(waiting).rejects.toThrow('nothing new')
})

it('a dyno that starts again is not up', () => {
  const news = takeDynoNews()
  news.note(up('web.1'))
  news.note(line('web.1', 'State changed from up to starting'))
  expect(news.areUp(['web.1'])).toBe(false)
})
