import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'

import {createMemoryApi} from '../../../src/lib/heroku/memory-api.js'
import {enableMetrics} from '../../../src/lib/memory/command/enable.js'
import type {MemoryServices} from '../../../src/lib/memory/sources/services.js'
import {countingClock, herokuClient, platformAt, TOKEN} from '../../heroku/heroku-client.js'
import {type Fault, type LocalHeroku, startPlatform} from '../../platform/index.js'

const APP = 'acme'

let heroku: LocalHeroku
beforeEach(async () => {
  heroku = await startPlatform({apiKey: TOKEN})
  await heroku.createApp(APP)
})
afterEach(async () => {
  await heroku.stop()
  vi.unstubAllEnvs()
})

/** What a person is told, and what is so. */
async function enabled(fault?: Pick<Fault, 'body' | 'moment' | 'status'>) {
  const write = {method: 'PATCH', path: /\/features\/log-runtime-metrics$/} as const
  if (fault) heroku.fault({...write, ...fault})
  const signal = new AbortController().signal
  const memory = createMemoryApi({heroku: herokuClient(heroku.url), clock: countingClock(), signal})
  const report = await enableMetrics({memory, platform: platformAt(heroku.url)} as unknown as MemoryServices, APP)
  const on = heroku.world(APP).features.includes('log-runtime-metrics')
  const sent = heroku.requests.filter(({method, path}) => method === write.method && write.path.test(path)).length
  return {report, on, sent}
}

describe('--enable says what is so, and sends once', () => {
  test.each([
    {what: 'it is done'},
    {what: 'it is done, and the answer is lost', fault: {moment: 'lost'} as const},
    {what: 'it is done, and the answer is a 503', fault: {moment: 'after', status: 503, body: {}} as const},
  ])('$what', async ({fault}) => {
    const {on, report, sent} = await enabled(fault)
    expect({on, sent}).toEqual({on: true, sent: 1})
    expect(report).toMatchObject({outcome: 'done', exitCode: 0, left: [{command: `heroku ps:restart --app ${APP}`}]})
  })

  test.each([
    {what: 'refused', fault: {moment: 'before', status: 403, body: {id: 'forbidden', message: 'No'}}, words: /No/},
    {what: 'lost before it happened', fault: {moment: 'before', status: 503, body: {}}, words: /unknown|503/},
    {what: 'answered as if it were done', fault: {moment: 'before', status: 200, body: {}}, words: /it is still off/},
  ] as const)('$what', async ({fault, words}) => {
    const {on, report, sent} = await enabled(fault)
    expect({on, sent}).toEqual({on: false, sent: 1})
    expect(report).toMatchObject({outcome: 'failed', exitCode: 1, left: []})
    expect(report.message).toMatch(words)
  })
})
