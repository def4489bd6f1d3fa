import {beforeEach, describe, expect, it} from 'vitest'
import {needs, officialSchemas} from '../real/needs.js'
import {dockerReleases, plain, sdk} from './fixture.js'
import {startPlatform} from './index.js'
import {compareWithSchemas} from './official-schema.js'
import type {Answer} from './recording.js'

beforeEach((ctx) => needs(ctx, 'official-schemas'))

const session = {
  created_at: '2026-01-01T12:00:00Z',
  id: '01234567-89ab-4def-8123-456789abcdef',
  logplex_url: 'http://localhost:1/logplex/1',
  updated_at: '2026-01-01T12:00:00Z',
}
const {logplex_url: _url, ...withoutUrl} = session
const answer = (body: unknown, path = '/apps/acme/log-sessions', accept = plain) => ({
  method: 'POST',
  path,
  status: 201,
  accept,
  extended: false,
  body,
})

describe('what checks the answers against the official schemas', () => {
  it('has nothing against an answer that is right', () => {
    const answers = [answer(session), answer(session, undefined, sdk)]
    expect(compareWithSchemas(officialSchemas, answers)).toEqual({
      problems: [],
      links: new Set([expect.stringContaining('POST /apps/')]),
    })
  })

  it.each([
    ['a property that is missing', answer(withoutUrl), /required property 'logplex_url'/],
    ['one that is not known', answer({...session, secret: 1}), /must NOT have additional properties/],
    ['a wrong type', answer({...session, id: 7}), /\/id must be string/],
    ['an id that is none', answer({...session, id: 'seven'}), /must match format "uuid"/],
    ['a call nobody described', answer(session, '/apps/acme/nonsense'), /not in the schema/],
  ])('names %s', (_what, wrong, problem) => {
    expect(compareWithSchemas(officialSchemas, [wrong]).problems.join('\n')).toMatch(problem)
  })
})

it('forgives the known differences, and nothing beside them', async () => {
  const heroku = await startPlatform({exampleApp: true})
  const get = async (path: string, accept: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(heroku.url + path, {
      headers: {Accept: accept, Authorization: `Bearer ${heroku.apiKey}`, ...headers},
    })
    const extended = Object.keys(headers).length > 0
    return {method: 'GET', path, accept, status: response.status, extended, body: await response.json()}
  }

  const expand = {'Accept-Expansion': 'addon_service,plan'}
  const formation = await get('/apps/example-app/formation', dockerReleases)
  const app = await get('/apps/example-app', plain)
  const addons = await get('/apps/example-app/addons', sdk, expand)
  const domains = await get('/apps/example-app/domains', sdk)
  await heroku.stop()
  const problems = (...answers: Answer[]) => compareWithSchemas(officialSchemas, answers).problems.join('\n')
  expect(problems(formation, app, addons, domains)).toBe('')
  expect(problems({...formation, accept: plain})).toMatch('must NOT have additional properties')
  expect(problems({...app, body: {...(app.body as object), web_url: 'https://example.com/'}})).toMatch('match pattern')
  expect(problems({...addons, extended: false})).toMatch('must NOT have additional properties')
  expect(problems({...addons, body: (addons.body as object[]).map((one) => ({...one, secret: 1}))})).toMatch(
    'additional',
  )
})
