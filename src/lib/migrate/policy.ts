import type {PolicyRow} from '../run/step.js'
import {looksAfterData, type WindowFacts} from './facts.js'

type Policy = Record<string, PolicyRow>

/** How the code of the app stands around a window: whether a release of ours is part of it, and can be taken back. */
export type CodeFacts = {
  /** A release is part of the run. */
  releases: boolean
  /** Its release phase migrates. */
  releasePhase?: boolean
  /** Why that release can't be gone back from. */
  noWayBack?: string
}

/**
 * The failure policy of a window (design §4, "Failure policy"): what these facts decide is decided here, so that `--dry-run`,
 * the runner and the tests read the same rows.
 */
export function windowPolicy(facts: WindowFacts, code: CodeFacts): Policy {
  const migrates = facts.migration !== undefined || code.releasePhase === true
  return {
    opening: {
      when: 'the window can not be opened',
      world: 'old code, old schema',
      action: 'undo',
      exit: 1,
      says: `${facts.app.name} is as it was: nothing was migrated.`,
    },
    ...(looksAfterData(facts) && {
      backup: {
        when: facts.backup.mode === 'none' ? 'a backup of somebody else does not end' : 'the backup fails',
        world: 'old code, old schema',
        action: 'undo',
        exit: 1,
        says: `${facts.app.name} is as it was: nothing was migrated.`,
      },
    }),
    ...(facts.migration && migrationRows(facts, code)),
    ...(facts.keptUp.length > 0 && facts.migration && {restart: hold(facts, 'a type that stayed up does not restart')}),
    ...(facts.flushRequired && {flush: hold(facts, 'a cache can not be flushed, and --flush-required is given')}),
    restoring: {
      when: 'Heroku does not take back what the window changed',
      world: 'workers or maintenance not yet as before',
      action: 'hold',
      exit: 4,
      says: 'What is left is not as it was before.',
    },
    unhealthy: unhealthyRow(facts, code, migrates),
    foreign: {
      when: 'somebody else releases meanwhile',
      world: 'their release is current',
      action: 'undo',
      // A migration that ended well stays; it is the window that is ours to close.
      pastPivot: true,
      exit: 4,
      says: 'Their release is left as it is; what this run had changed before it is as it was.',
    },
    ...(migrates && {
      interrupted: {
        when: 'interrupted once the migration has begun',
        // Whether it still runs, and what of the window is open, is what is left.
        world: 'the migration goes on by itself, or has ended',
        action: 'hold',
        exit: 4,
        says: 'Nothing is undone once a migration has begun.',
      },
    }),
  }
}

function migrationRows(facts: WindowFacts, {releasePhase}: CodeFacts): Policy {
  const failed = {when: 'the migration fails', world: 'schema may be half applied'}
  return {
    'migration-refused': releasePhase
      ? hold(facts, 'the migration can not be begun, after a release phase that migrated')
      : {
          when: 'the migration can not be begun',
          world: 'schema as before',
          action: 'undo',
          pastPivot: true,
          exit: 1,
          says: `${facts.app.name} is as it was: nothing was migrated.`,
        },
    'migration-failed':
      facts.onMigrationFailure === 'rollback'
        ? {
            ...failed,
            action: 'undo',
            pastPivot: true,
            // Without a command that undoes it, the schema stays as it is: a person has to look.
            exit: facts.migrateUndo ? 1 : 4,
            says: `${facts.app.name} is as it was, except for what the migration did to the database before it failed.`,
          }
        : {...failed, action: 'hold', exit: 4, says: stays(facts)},
    'migration-unknown': {
      when: 'how the migration ended is unknown',
      world: 'schema may be half applied, the migration perhaps still at it',
      action: 'hold',
      exit: 4,
      says: stays(facts),
    },
  }
}

function unhealthyRow(facts: WindowFacts, code: CodeFacts, migrates: boolean): PolicyRow {
  const {name} = facts.app
  const when = 'dynos crash, or a smoke test or health check fails'
  if (migrates) {
    const world = code.releases ? 'new code, new schema' : 'same code, new schema'
    if (facts.onUnhealthy === 'rollback') {
      const says = `${name} is as it was before, except for what the migration did to the database.`
      return {when, world, action: 'undo', pastPivot: true, exit: facts.migrateUndo || !facts.migration ? 1 : 4, says}
    }

    return {when, world, action: 'hold', exit: 4, says: `${name} is not rolled back, because it was migrated.`}
  }

  const world = 'new code, old schema'
  const held = (why: string): PolicyRow => {
    return {when, world, action: 'hold', exit: 4, says: `${name} is not rolled back: ${why}.`}
  }

  if (facts.onUnhealthy === 'hold') return held('--on-unhealthy hold is given')
  if (code.noWayBack) return held(code.noWayBack)
  const {crashed, current} = facts.state
  if (crashed.length > 0) return held(`${crashed.join(', ')} had crashed before this run`)
  return {when, world, action: 'undo', exit: 1, says: `${name} is rolled back: it runs v${current?.version} again.`}
}

function hold(facts: WindowFacts, when: string): PolicyRow {
  return {when, world: 'migrated, the window still open', action: 'hold', exit: 4, says: stays(facts)}
}

/** What a hold keeps as it is, so that no code meets a schema it does not know. */
function stays({down, maintenance}: WindowFacts): string {
  const types = Object.keys(down)
  const workers = types.length > 0 ? [`${types.join(', ')} at 0`] : []
  const site = maintenance === 'keep' ? 'maintenance as it was found' : 'maintenance on'
  return `The window stays open: ${[site, ...workers].join(', ')}.`
}
