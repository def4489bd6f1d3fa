import {expect, it} from 'vitest'

import {findOurs, findRollback} from '../../src/lib/app/find-release.js'
import {digest, release} from '../ship/facts.js'

const ours = {newest: 41, user: 'me@example.com', images: [digest('c'), digest('d')]}

it('knows our release by version, user and digest', () => {
  const deployed = release(42, {description: 'Deployed web (cccccccccccc)'})
  expect(findOurs([release(41), deployed], ours)).toBe(deployed)
  expect(
    findOurs([release(42, {description: 'Deployed web (cccccccccccc), worker (dddddddddddd)'})], ours)?.version,
  ).toBe(42)
})

it.each([
  [
    'somebody else deployed the same',
    release(42, {description: 'Deployed web (cccccccccccc)', user: 'you@example.com'}),
  ],
  ['we set a config var', release(42, {description: 'Set FOO config vars'})],
  ['it was there before', release(41, {description: 'Deployed web (cccccccccccc)'})],
  ['it holds other images', release(42, {description: 'Deployed web (eeeeeeeeeeee)'})],
])('does not take for ours: %s', (_why, other) => {
  expect(findOurs([other], ours)).toBeUndefined()
})

it('knows our rollback, and not one to a version that only begins alike', () => {
  const wanted = {after: 42, user: 'me@example.com', version: 4}
  expect(findRollback([release(43, {description: 'Rollback to v4'})], wanted)?.version).toBe(43)
  expect(findRollback([release(43, {description: 'Rollback to v41'})], wanted)).toBeUndefined()
  expect(findRollback([release(42, {description: 'Rollback to v4'})], wanted)).toBeUndefined()
})
