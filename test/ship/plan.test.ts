import {expect, it} from 'vitest'

import {describePlans, formatShip} from '../../src/lib/ship/describe-plan.js'
import type {ShipFacts} from '../../src/lib/ship/facts.js'
import {decideRelease, planBuild, planRelease} from '../../src/lib/ship/plan.js'
import {digest, processType, pushed, shipFacts} from './facts.js'

const show = (facts: ShipFacts): string => formatShip(facts, describePlans(facts))

it('ships two types, and rolls back when their dynos crash', () => {
  expect(show(shipFacts())).toMatchInlineSnapshot(`
    "What would be done to example-app:
      1. Build 2 images
           web: /code/Dockerfile
           worker: /code/Dockerfile.worker
      2. Push web and worker to registry.heroku.com/example-app
      3. Release web and worker to example-app
      4. Wait for the dynos to come up

    If it fails:
      a build fails                                         nothing to undo, exit 1
      a push fails                                          nothing to undo, exit 1
      somebody else releases before we do                   nothing to undo, exit 1
      Heroku refuses the release                            undo, exit 1
      the release stays pending, or its outcome is unknown  hold, exit 4
      dynos crash or do not come up                         undo, exit 1
      somebody else releases meanwhile                      hold, exit 4"
  `)
})

it('treats a release phase as a migration: there is no blind way back from it', () => {
  const images = [
    ...shipFacts().images,
    {from: 'dockerfile' as const, dockerfile: '/code/Dockerfile.release', context: '/code', types: ['release']},
  ]
  expect(show(shipFacts({images}))).toMatchInlineSnapshot(`
    "What would be done to example-app:
      1. Build 3 images
           web: /code/Dockerfile
           worker: /code/Dockerfile.worker
           release: /code/Dockerfile.release
      2. Push web, worker and release to registry.heroku.com/example-app
      3. Release web, worker and release to example-app and run the release phase (no blind way back from here)
      4. Wait for the dynos to come up

    If it fails:
      a build fails                                         nothing to undo, exit 1
      a push fails                                          nothing to undo, exit 1
      somebody else releases before we do                   nothing to undo, exit 1
      Heroku refuses the release                            undo, exit 1
      the release phase fails                               undo, exit 1
      the release stays pending, or its outcome is unknown  hold, exit 4
      dynos crash or do not come up                         hold, exit 4
      somebody else releases meanwhile                      hold, exit 4
      interrupted once the release phase has begun          hold, exit 4"
  `)
})

it('knows of the release phase of an earlier ship: Heroku runs it again', () => {
  const {state} = shipFacts()
  const facts = shipFacts({state: {...state, formation: [...state.formation, processType('release', 0, digest('c'))]}})
  expect(planRelease(facts, {}).steps[0]).toMatchObject({id: 'release', pivot: true})
})

it('never rolls back without a release to go back to, or to an app that had crashed before', () => {
  const {state} = shipFacts()
  const first = planRelease(shipFacts({noWayBack: 'it is the first release'}), {}).policy.unhealthy
  expect(first).toMatchObject({
    action: 'hold',
    exit: 4,
    says: 'example-app is not rolled back: it is the first release.',
  })
  const crashed = planRelease(shipFacts({state: {...state, crashed: ['web.1']}}), {}).policy.unhealthy
  expect(crashed).toMatchObject({
    action: 'hold',
    exit: 4,
    says: 'example-app is not rolled back: web.1 had crashed before this ship.',
  })
})

it('has a row of the failure policy for whatever a step can fail as', () => {
  for (const facts of [
    shipFacts(),
    shipFacts({images: [{from: 'archive', file: '/x.tar', types: ['web', 'release']}]}),
  ]) {
    for (const plan of [planBuild(facts), planRelease(facts, {})]) {
      for (const step of plan.steps) expect(Object.keys(plan.policy)).toContain(step.failsAs)
    }
  }
})

it('builds nothing for images that are already built', () => {
  const facts = shipFacts({images: [{from: 'archive', file: '/x.tar', types: ['web']}]})
  expect(planBuild(facts).steps.map(({id}) => id)).toEqual(['push'])
})

const {state} = shipFacts()
const running = {web: pushed(digest('a')), worker: pushed(digest('b'))}

it.each([
  ['a new image', state, {...running, web: pushed(digest('c'))}, {go: true, changed: ['web']}],
  ['the images that run, all well', state, running, {go: false, unchanged: true}],
  [
    'the images that run, a dyno down',
    {...state, notUp: ['web.1 is crashed']},
    running,
    {go: false, unchanged: false, why: 'web.1 is crashed'},
  ],
  [
    'the images that run, in maintenance',
    {...state, maintenance: true},
    running,
    {go: false, unchanged: false, why: 'maintenance mode is on'},
  ],
  ['the first release', {...state, current: null, formation: []}, running, {go: true, changed: ['web', 'worker']}],
])('decides on %s', (_what, now, images, decision) => {
  expect(decideRelease(now, images)).toEqual(decision)
})

it('a maintenance that is to be kept is no reason to stop a migration of what runs already', () => {
  const kept = {...state, maintenance: true}
  expect(decideRelease(kept, running, {keepsMaintenance: true})).toEqual({go: false, unchanged: true})
})
