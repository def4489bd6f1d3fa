import type {PolicyRow} from '../run/step.js'
import {windowPolicy} from '../migrate/policy.js'
import {runsReleasePhase, type ShipFacts} from './facts.js'

/** Before the release nothing of the app is touched: images in a registry change nothing that runs. */
export function buildPolicy(facts: ShipFacts): Record<string, PolicyRow> {
  const says = `Nothing was released: ${stillRuns(facts)}`
  const row = {world: 'untouched', action: 'undo', exit: 1, says} as const
  const builds = facts.images.some(({from}) => from === 'dockerfile')
  return {
    ...(builds && {build: {when: 'a build fails', ...row}}),
    push: {when: 'a push fails', ...row},
  }
}

/** The failure policy from the release on (design §4, "Failure policy"), with the rows these facts decide. */
export function releasePolicy(facts: ShipFacts, {releases = true} = {}): Record<string, PolicyRow> {
  const {noWayBack, window} = facts
  if (!window) return releaseRows(facts)
  const releasePhase = releases && runsReleasePhase(facts)
  const code = {releases, releasePhase, ...(noWayBack ? {noWayBack} : {})}
  return {...(releases && releaseRows(facts)), ...windowPolicy(window, code)}
}

function releaseRows(facts: ShipFacts): Record<string, PolicyRow> {
  const migrates = runsReleasePhase(facts)
  return {
    moved: {
      when: 'somebody else releases before we do',
      world: 'untouched',
      action: 'undo',
      exit: 1,
      says: 'Nothing was released.',
    },
    'release-refused': {
      when: 'Heroku refuses the release',
      world: 'old release still current',
      action: 'undo',
      pastPivot: true,
      exit: 1,
      says: `Nothing was released: ${stillRuns(facts)}`,
    },
    ...(migrates && {
      'release-phase-failed': releasePhaseRow(facts),
    }),
    'release-unknown': {
      when: 'the release stays pending, or its outcome is unknown',
      world: 'the release may still become current by itself',
      action: 'hold',
      exit: 4,
      says: 'Nothing is undone, because the release may still become current.',
    },
    unhealthy: unhealthy(facts, migrates),
    foreign: {
      when: 'somebody else releases meanwhile',
      world: 'their release is current',
      action: 'hold',
      exit: 4,
      says: 'Their release is left as it is.',
    },
    ...(migrates && {
      interrupted: {
        when: 'interrupted once the release phase has begun',
        world: 'the release goes on by itself, or has ended',
        action: 'hold',
        exit: 4,
        says: 'Nothing is undone once a release phase has begun.',
      },
    }),
  }
}

/** In a window a half applied schema is kept from everybody, unless it was asked to go back at once. */
function releasePhaseRow(facts: ShipFacts): PolicyRow {
  const {window} = facts
  const row = {when: 'the release phase fails', world: 'old release still current, schema may be half applied'}
  if (window && window.maintenance !== 'none' && window.onMigrationFailure === 'hold') {
    return {...row, action: 'hold', exit: 4, says: `${stillRuns(facts)} The window stays open for a person to decide.`}
  }

  const says = `${stillRuns(facts)} What the release phase did to the database before it failed stays done.`
  return {...row, action: 'undo', pastPivot: true, exit: 1, says}
}

function unhealthy(facts: ShipFacts, migrates: boolean): PolicyRow {
  const {name} = facts.app
  const when = 'dynos crash or do not come up'
  if (migrates) {
    const says = `${name} is not rolled back, because the release phase has changed what the old code would meet.`
    return {when, world: 'new code, new schema', action: 'hold', exit: 4, says}
  }

  const hold = (why: string): PolicyRow => {
    return {when, world: 'new code, old schema', action: 'hold', exit: 4, says: `${name} is not rolled back: ${why}.`}
  }

  if (facts.noWayBack) return hold(facts.noWayBack)
  if (facts.state.crashed.length > 0) return hold(`${facts.state.crashed.join(', ')} had crashed before this ship`)
  return {
    when,
    world: 'new code, old schema',
    action: 'undo',
    exit: 1,
    says: `${name} is rolled back: it runs v${facts.state.current?.version} again.`,
  }
}

function stillRuns({app, state}: ShipFacts): string {
  return state.current ? `${app.name} still runs v${state.current.version}.` : `${app.name} has no release, as before.`
}
