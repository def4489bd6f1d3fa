import type {HerokuProcess} from '../real/heroku-cli.js'
import type {Variation} from './cell.js'
import {but, DONE, held, RAN, SHIPPED_TOO, UNDONE} from './ends.js'
import {hang, refused} from './faults.js'
import {APP} from '../failures/setup.js'
import {askApi} from '../platform/ask.js'
import type {WindowSetup} from './setup.js'
import {WRITES} from './steps.js'

const failing = {migrate: 'echo "relation users does not exist"; exit 1'}
const slow = {migrate: 'sleep 60'}
const unsmoked = {smoke: 'echo "no such column"; exit 1'}
/** The nth write of a kind, when it is an undo. */
const nth = (place: {method: string; path: RegExp}, n: number) => ({...place, nth: n})

async function interrupt(process: HerokuProcess, once: RegExp, signal: NodeJS.Signals): Promise<void> {
  await process.says(once)
  process.kill(signal)
}

/** Somebody else changes a config var: a release of theirs. */
async function foreignRelease({heroku}: WindowSetup): Promise<void> {
  await askApi(heroku, 'PATCH', `/apps/${APP}/config-vars`, {THEIRS: 'yes'})
}

/** Other policies, other moments, and two failures at a time. */
export const variations: Variation[] = [
  {
    what: 'nothing goes wrong',
    backup: true,
    end: but(DONE, {and: ['backups.b001: none → complete']}),
    sent: [
      {method: 'PATCH', path: /\/formation$/, times: 2},
      {method: 'POST', path: /\/dynos$/, times: 3},
      {method: 'DELETE', path: /\/formations\/clock$/, times: 1},
    ],
  },
  {
    what: 'the migration is refused, and so is turning maintenance off again',
    given({heroku}) {
      refused(WRITES.migrate)(heroku)
      refused(WRITES['maintenance-off'])(heroku)
    },
    end: {...UNDONE, name: 'held', exit: 4, leaves: ['maintenance: false → true']},
    says: [/Not everything could be undone/, /heroku maintenance:off --app example-app/],
    byHand: [],
  },
  {
    what: 'the backup fails, and bringing the workers back is refused',
    backup: true,
    given({heroku}) {
      heroku.knobs(APP).transferFails = 'pg_dump: error: out of luck'
      refused(nth(WRITES['scale-down'], 2))(heroku)
    },
    end: but(held({ran: [], maintenance: 'off', preboot: 'on'}), {and: ['backups.b001: none → failed']}),
    says: [/heroku ps:scale worker=2 --app example-app/],
    byHand: ['backups.b001: none → failed'],
  },
  {
    what: 'maintenance can not be turned on, and preboot not be turned on again',
    given({heroku}) {
      refused(WRITES['maintenance-on'])(heroku)
      refused(WRITES['preboot-on'])(heroku)
    },
    end: held({ran: [], maintenance: 'off', workers: 'back'}),
    says: [/heroku features:enable preboot --app example-app/],
    byHand: [],
  },
  {
    what: 'the migration fails, --on-migration-failure rollback',
    commands: failing,
    flags: ['--on-migration-failure', 'rollback'],
    end: {name: 'held', exit: 4, leaves: [RAN.migrate]},
    says: [/the schema of example-app may be half applied/],
  },
  {
    what: 'the migration fails, --on-migration-failure rollback with --migrate-undo',
    commands: failing,
    flags: ['--on-migration-failure', 'rollback', '--migrate-undo', 'sh undo'],
    end: but(UNDONE, {and: [RAN.migrate, 'ran.undo: 0 → 1']}),
  },
  {
    what: 'the migration fails, --on-migration-failure rollback, and --migrate-undo fails too',
    commands: {...failing, undo: 'exit 1'},
    flags: ['--on-migration-failure', 'rollback', '--migrate-undo', 'sh undo'],
    end: {name: 'held', exit: 4, leaves: [RAN.migrate, 'ran.undo: 0 → 1']},
    says: [/The schema of example-app may be half undone/],
  },
  {
    what: 'the smoke test fails, --on-unhealthy rollback with --migrate-undo',
    commands: unsmoked,
    flags: ['--on-unhealthy', 'rollback', '--migrate-undo', 'sh undo'],
    end: but(UNDONE, {and: [...Object.values(RAN), 'ran.undo: 0 → 1'].sort()}),
  },
  {
    what: 'a cache can not be flushed, --flush-required',
    commands: {flush: 'exit 1'},
    flags: ['--flush-required'],
    end: held({ran: ['flush', 'migrate']}),
    says: [/The caches are not flushed: sh flush/],
  },
  {
    what: 'the migration fails, --maintenance keep: maintenance was on before',
    commands: failing,
    maintenance: true,
    flags: ['--maintenance', 'keep'],
    end: held({maintenance: 'off'}),
    says: [/The window stays open: maintenance as it was found, worker at 0/],
    byHand: [RAN.migrate],
  },
  {
    what: 'maintenance is on already, as a held run has left it',
    maintenance: true,
    end: {name: 'refused', exit: 3, leaves: []},
    says: [/nothing was touched/, /Maintenance mode of example-app is on/],
  },
  {
    what: 'somebody else releases while the migration runs',
    commands: {migrate: 'sleep 3'},
    async meanwhile(setup, process) {
      await process.says(/run\.\d+: `sh migrate`/)
      await foreignRelease(setup)
    },
    end: {name: 'held', exit: 4, leaves: ['configVars: same → changed', RAN.migrate, 'releases: 4 → 5']},
    says: [/Somebody else released meanwhile: v5/, /example-app was migrated by `sh migrate`/],
    byHand: ['configVars: same → changed', RAN.migrate, 'releases: 4 → 5'],
  },
  {
    what: 'a worker is brought back while the migration runs',
    commands: {migrate: 'sleep 3'},
    async meanwhile({heroku}, process) {
      await process.says(/run\.\d+: `sh migrate`/)
      heroku.autoscale(APP, 'worker', 1)
    },
    end: DONE,
    says: [/autoscaler@example\.com scaled worker to 1 while the window is open: it is set to 0 again/],
  },
  {
    what: 'Ctrl-C before the migration, while the backup is made',
    backup: true,
    given({heroku}) {
      heroku.knobs(APP).transferMs = 60_000
    },
    meanwhile: (_setup, process) => interrupt(process, /b001/, 'SIGINT'),
    end: {name: 'undone', exit: 130, leaves: ['backups.b001: none → cancelled']},
  },
  {
    what: 'SIGTERM while the migration runs: it goes on',
    commands: slow,
    meanwhile: (_setup, process) => interrupt(process, /^ {2}migrate$/m, 'SIGTERM'),
    end: but(held(), {and: ['dynos.run: none → up, old image']}),
    says: [
      /Nothing is undone once a migration has begun/,
      /heroku logs --dyno run\.\d+ --num 1500 --tail --app example-app/,
    ],
  },
  {
    what: 'a ship: the new workers crash after the migration',
    ships: true,
    flags: ['--stable-for', '2s'],
    newWorker: 'echo "no such column"; exit 1',
    long: true,
    end: but(SHIPPED_TOO, {
      without: [
        RAN.smoke,
        'dynos.worker.1: up, old image → up, new image',
        'dynos.worker.2: up, old image → up, new image',
      ],
      and: [
        'dynos.worker.1: up, old image → crashed, new image',
        'dynos.worker.2: up, old image → crashed, new image',
        'features: preboot → none',
        'maintenance: false → true',
      ],
      exit: 4,
    }),
    says: [/example-app is not rolled back, because it was migrated/, /heroku releases:rollback v4 --app example-app/],
    byHand: [RAN.flush, RAN.migrate, 'releases: 4 → 6'],
  },
  {
    what: 'a ship: the smoke test fails, nothing is migrated',
    ships: true,
    migrates: false,
    commands: unsmoked,
    flags: ['--maintenance', 'on'],
    end: but(UNDONE, {and: [RAN.flush, RAN.smoke, 'releases: 4 → 6']}),
    says: [/example-app is rolled back: it runs v4 again/],
  },
  {
    what: 'a ship: Ctrl-C while the release phase runs',
    ships: true,
    releasePhase: 'echo migrating; sleep 60',
    meanwhile: (_setup, process) => interrupt(process, /release \| migrating/, 'SIGINT'),
    end: but(held({ran: []}), {
      and: ['dynos.release: none → up, new image', 'pendingReleases: 0 → 1', 'releases: 4 → 5'],
    }),
    says: [
      /heroku releases:output v5 --app example-app/,
      /heroku ps:scale worker=2 --app example-app/,
      /heroku maintenance:off --app example-app/,
    ],
  },
  {
    what: `the answer to turning maintenance off never comes, and it happened`,
    long: true,
    given: ({heroku}) => hang(WRITES['maintenance-off'])(heroku),
    end: DONE,
  },
]
