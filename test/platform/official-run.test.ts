import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {projectRoot} from '../../scripts/lib/cache.mjs'
import {needs} from '../real/needs.js'
import {plain} from './fixture.js'
import {startPlatform} from './index.js'
import {recordedAnswers, type Answer} from './recording.js'

const tsx = createRequire(import.meta.url).resolve('tsx')
const limits: Answer = {
  method: 'GET',
  path: '/account/rate-limits',
  accept: plain,
  status: 200,
  extended: false,
  body: {remaining: 4500},
}

let folder: string
let ours: string | undefined
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'answers-'))
  ours = process.env.RECORD_RESPONSES
})
afterEach(async () => {
  if (ours) process.env.RECORD_RESPONSES = ours
  else delete process.env.RECORD_RESPONSES
  await rm(folder, {recursive: true})
})

describe('what a run recorded', () => {
  it('is every answer of the API, those that are alike counted only', async () => {
    process.env.RECORD_RESPONSES = folder
    const heroku = await startPlatform()
    const headers = {Accept: plain, Authorization: `Bearer ${heroku.apiKey}`}
    for (const asked of ['/account', '/account', '/account/rate-limits', '/nonsense', '/client/v11/databases/x']) {
      await (await fetch(heroku.url + asked, {headers})).text()
    }
    await heroku.stop()
    const {count, different} = recordedAnswers(folder)
    expect([count, different.map((answer) => `${answer.path} ${answer.status}`)]).toEqual([
      4,
      ['/account 200', '/account/rate-limits 200', '/nonsense 404'],
    ])
  })

  it.for<[string, Answer[], 'part' | 'whole', number, RegExp]>([
    ['right', [limits], 'whole', 0, /^official schemas: 1 answers .*, 1 links, 0 violations$/],
    ['unlike the schemas', [{...limits, body: {remaining: 'few'}}], 'part', 1, /must be integer\n.*1 violations$/],
    ['an error without a message', [{...limits, status: 404, body: {id: 'x'}}], 'part', 1, /no id and message/],
    ['nothing, of some tests', [], 'part', 0, /^$/],
    ['nothing, of all tests', [], 'whole', 1, /no answer was recorded/],
  ])('when it is %s', async ([_what, answers, extent, code, says], ctx) => {
    await needs(ctx, 'official-schemas')
    await writeFile(path.join(folder, '1.ndjson'), answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''))
    expect(await officialRun(extent)).toEqual({code, said: expect.stringMatching(says)})
  })

  it('is not compared, and says so, where there are no schemas; in CI that fails', async () => {
    await writeFile(path.join(folder, '1.ndjson'), `${JSON.stringify(limits)}\n`)
    const nowhere = {REAL_SCHEMAS: path.join(folder, 'none')}
    expect(await officialRun('whole', {...nowhere, REAL_PARTS: ''})).toEqual({
      code: 0,
      said: expect.stringContaining('1 answers, NOT compared: this needs official-schemas'),
    })
    expect((await officialRun('whole', {...nowhere, REAL_PARTS: 'required'})).code).toBe(1)
  })
})

async function officialRun(extent: 'part' | 'whole', env: NodeJS.ProcessEnv = {}) {
  const argv = ['--import', tsx, path.join(projectRoot, 'test/platform/official-run.ts'), folder, extent]
  const {code, stdout} = await promisify(execFile)(process.execPath, argv, {env: {...process.env, ...env}}).then(
    ({stdout}) => ({code: 0, stdout}),
    (error: {code: number; stdout: string}) => error,
  )
  return {code, said: stdout.trim()}
}
