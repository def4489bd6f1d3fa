import {describe, expect, it} from 'vitest'

import type {App} from '../../src/lib/heroku/types.js'
import {appReasons, leftOutNotes, notRunningNotes, noWayBack} from '../../src/lib/ship/refusals.js'
import {digest, processType, release, shipFacts} from './facts.js'

const {state} = shipFacts()
const app = (more: Partial<App> = {}): App => ({
  id: 'app-id',
  name: 'example-app',
  owner: 'me@example.com',
  generation: 'cedar',
  stack: 'container',
  buildStack: 'container',
  maintenance: false,
  ...more,
})
const hour = 3_600_000
const created = Date.parse('2026-01-01T00:00:00Z')

it('has nothing against an app that is well', () => {
  expect(appReasons(app(), state, [release(41, {current: true})], created)).toEqual({reasons: [], notes: []})
})

it('takes an app whose next release gets the container stack', () => {
  expect(appReasons(app({stack: 'heroku-24'}), state, [], created).reasons).toEqual([])
})

it('says every reason at once, each with what to do', () => {
  const releases = [release(42, {status: 'pending'})]
  const {reasons} = appReasons(
    app({stack: 'heroku-24', buildStack: 'heroku-24'}),
    {...state, maintenance: true},
    releases,
    created,
  )
  expect(reasons).toMatchInlineSnapshot(`
    [
      {
        "fix": "heroku stack:set container --app example-app",
        "message": "example-app is not a Docker app: its stack is heroku-24.",
      },
      {
        "fix": "If nobody is at work on it: heroku pipeline:recover --app example-app",
        "message": "Maintenance mode of example-app is on: a deploy that died may have left it so.",
      },
      {
        "fix": "Wait for it: heroku releases:output v42 --app example-app",
        "message": "Release v42 is still pending.",
      },
    ]
  `)
})

it('only warns of a release that has been pending for over an hour: it is stuck', () => {
  const releases = [release(42, {status: 'pending'})]
  expect(appReasons(app(), state, releases, created + hour + 1)).toEqual({
    reasons: [],
    notes: ['v42 has been pending for over an hour; it looks stuck.'],
  })
})

describe('there is no way back', () => {
  const current = release(41, {current: true})

  it('but to a container release that is kept', () => {
    expect(noWayBack(state, [current])).toBeUndefined()
    expect(noWayBack(state, [{...current, eligibleForRollback: true}])).toBeUndefined()
  })

  it.each([
    ['before the first release', {...state, current: null}, [], 'it is the first release'],
    [
      'to a buildpack release',
      state,
      [{...current, slug: 'slug-id'}],
      'v41 is a buildpack release, this one a container release',
    ],
    ['to a release that expired', state, [{...current, status: 'expired'}], 'v41 has expired'],
    ['to one that the platform would refuse', state, [{...current, eligibleForRollback: false}], 'v41 has expired'],
    ['to a release without an image', {...state, formation: [processType('web', 1)]}, [current], 'v41 holds no image'],
  ])('%s', (_where, now, releases, why) => {
    expect(noWayBack(now, releases)).toBe(why)
  })
})

it('names running types that go on with the image they have', () => {
  const formation = [...state.formation, processType('clock', 0, digest('e')), processType('release', 0, digest('f'))]
  expect(leftOutNotes({...state, formation}, ['web'])).toEqual([
    'worker (2 dynos) is not part of this ship: it goes on with the image it has.',
  ])
})

it('names types that no dyno will run, with the command that runs them', () => {
  expect(notRunningNotes(state, ['web', 'clock', 'release'], 'example-app')).toEqual([
    'clock is scaled to 0; to run it: heroku ps:scale clock=1 --app example-app',
  ])
  expect(notRunningNotes({...state, formation: []}, ['web'], 'example-app')).toEqual([])
})
