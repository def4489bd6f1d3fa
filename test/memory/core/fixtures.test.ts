import {describe, expect, it} from 'vitest'

import {diagnose} from '../../../src/lib/memory/diagnose/diagnose.js'
import {fixture, samplesOf} from './read.js'

const at = (iso: string): number => Date.parse(iso)

describe('what public logs look like', () => {
  it('the Heroku CLI', async () => {
    const recording = await fixture('cli-2016')
    const sample = {
      type: 'web',
      dyno: 'web.1',
      uuid: 'd72a0fcf-23c8-4919-b268-d0656f7b4d6d',
      total: 62.33,
      rss: 62.33,
      cache: 0,
      swap: 0,
      quota: 512,
    }
    expect(samplesOf(recording)).toEqual([
      {at: at('2016-08-14T14:26:11.096Z'), ...sample},
      {at: at('2016-08-14T14:26:30.760Z'), ...sample},
    ])
    expect(recording.counts).toMatchObject({lines: 2, used: 2, skipped: 0})
    expect(recording.notes).toEqual([])
  })

  it('Papertrail: no year, no zone, no quota', async () => {
    const recording = await fixture('papertrail-2015')
    const moment = at('2026-01-08T10:55:11Z')
    expect(samplesOf(recording)).toMatchObject([{at: moment, dyno: 'web.1', total: 1210.76, swap: 698.76}])
    expect(samplesOf(recording)[0]).not.toHaveProperty('quota')
    expect(recording.events).toEqual([
      {at: moment, dyno: 'web.1', kind: 'running', total: 1210, percent: 236.5},
      {at: moment, dyno: 'web.1', kind: 'R14'},
    ])
    expect(recording.notes).toEqual([expect.stringContaining('without a year')])
    // 1210 / 2.365 = 511.6: the quota that the line speaks of.
    expect(diagnose(recording).types).toMatchObject([{type: 'web', quota: 512, quotaFrom: 'percent', r14: {count: 1}}])
  })

  it('a kill, without log-runtime-metrics', async () => {
    const recording = await fixture('killed-2022')
    expect(recording.events.map(({kind}) => kind)).toEqual(['running', 'R15', 'exit', 'state'])
    expect(diagnose(recording)).toMatchObject({
      types: [
        {
          type: 'worker',
          samples: 0,
          peak: 1214,
          quota: 512,
          headroom: -702,
          r15: {count: 1, first: at('2022-01-10T10:58:37.192Z')},
          oomKills: {count: 1},
        },
      ],
      instances: [{dyno: 'worker.1', samples: 0}],
    })
  })

  it('Logplex frames', async () => {
    const recording = await fixture('logplex-2023')
    expect(samplesOf(recording)).toMatchObject([{dyno: 'web.1', total: 180.43, quota: 512}])
    expect(recording.events).toEqual([])
    expect(recording.counts).toMatchObject({lines: 1, skipped: 0})
  })

  it('lines in what an app logs; lines without a time are skipped, and counted', async () => {
    const recording = await fixture('nested-2016')
    expect(samplesOf(recording)).toMatchObject([
      {at: at('2016-06-09T07:32:16.163Z'), dyno: 'web.2', total: 247.22, quota: 1024},
    ])
    expect(recording.counts).toMatchObject({lines: 3, used: 1, skipped: 2})
  })

  it('the form of 2013', async () => {
    expect(samplesOf(await fixture('measure-2013'))).toEqual([
      {
        at: at('2013-08-21T21:57:15.513Z'),
        type: 'web',
        dyno: 'web.2',
        uuid: 'c04b10ff-4903-43cb-9de2-90f8a4fbf2f1',
        total: 766.5,
      },
      {
        at: at('2013-08-30T14:39:57.133Z'),
        type: 'web',
        dyno: 'web.1',
        uuid: '50578a75-9052-4e14-ac30-ba3686750017',
        total: 509,
      },
    ])
  })

  it('databases are no dynos', async () => {
    const recording = await fixture('add-ons')
    expect(recording.samples.length).toBe(0)
    expect(recording.counts).toMatchObject({lines: 0, skipped: 0})
  })

  it('a release', async () => {
    expect((await fixture('release-2021')).events).toEqual([
      {at: at('2021-05-23T10:23:42.593Z'), kind: 'release', version: 14},
      {at: at('2021-05-23T10:23:42.854Z'), kind: 'state', dyno: 'web.1', from: 'up', to: 'starting'},
    ])
  })
})
