import type {Plan} from '../run/step.js'
import type {AppState} from '../app/state.js'
import {closingSteps, migrationSteps, openingSteps} from '../migrate/plan.js'
import {waitForUp} from '../migrate/steps/up.js'
import type {ShipFacts} from './facts.js'
import {buildPolicy, releasePolicy} from './policy.js'
import type {ShipServices} from './services.js'
import {buildImages} from './steps/build.js'
import {type Pushed, pushImages} from './steps/push.js'
import {releaseImages} from './steps/release.js'

/** The first half of a ship: everything that changes nothing that runs. */
export function planBuild(facts: ShipFacts): Plan<ShipServices> {
  const builds = facts.images.some(({from}) => from === 'dockerfile')
  return {
    name: 'build',
    steps: [...(builds ? [buildImages(facts)] : []), pushImages(facts)],
    policy: buildPolicy(facts),
  }
}

/**
 * The second half, from what was pushed and from the app as it is now. `releases`: false when the images run already, and only
 * what was asked for around a release is left to do.
 */
export function planRelease(facts: ShipFacts, pushed: Pushed, {releases = true} = {}): Plan<ShipServices> {
  const {window} = facts
  const release = releases ? [releaseImages(facts, pushed)] : []
  const steps = window
    ? [...openingSteps(window), ...release, ...migrationSteps(window, {webReplaced: releases}), ...closingSteps(window)]
    : [...release, waitForUp({...facts, down: {}, keptUp: []})]
  return {name: 'release', steps, policy: releasePolicy(facts, {releases})}
}

/**
 * Whether there is anything to ship: `go`, or why not (design §4.4). `changed` lists the types whose image is new. A maintenance
 * that is to be kept (`--maintenance keep`) speaks against nothing.
 */
export function decideRelease(
  state: AppState,
  pushed: Pushed,
  {keepsMaintenance = false} = {},
): {go: true; changed: string[]} | {go: false; unchanged: true} | {go: false; unchanged: false; why: string} {
  const running = new Map(state.formation.map(({image, type}) => [type, image]))
  const changed = Object.keys(pushed).filter((type) => running.get(type) !== pushed[type]!.config)
  if (changed.length > 0 || !state.current) return {go: true, changed}
  const bad = [...(state.maintenance && !keepsMaintenance ? ['maintenance mode is on'] : []), ...state.notUp]
  return bad.length > 0 ? {go: false, unchanged: false, why: bad.join(', ')} : {go: false, unchanged: true}
}
