import type {Cell, NoCell} from './cell.js'
import {but, DONE, held, SHIPPED_TOO, UNDONE} from './ends.js'
import {hang, ignored, lost, outage, rateLimited, refused, strike} from './faults.js'
import {APP} from '../failures/setup.js'
import {WRITES} from './steps.js'

/** Real ms: longer than the three repetitions of a read. */
export const OUTAGE_MS = 4000
/** What an outage of half a minute is, for the cells in which the site is down and the schema at stake. */
export const LONG_OUTAGE_MS = 30_000

const once = (method: string, path: RegExp) => [{method, path, times: 1}]

/** The cells of a write that may be said again, and is read afterwards: they end alike in opening and closing. */
export function absolute(step: keyof typeof WRITES): Cell[] {
  const place = WRITES[step]
  const end = DONE
  return [
    {
      step,
      fault: 'connection lost',
      what: 'the connection is cut once it has happened',
      given: ({heroku}) => lost(place)(heroku),
      end,
    },
    {
      step,
      fault: '5xx',
      what: `Heroku answers 503 to everything for ${OUTAGE_MS / 1000} s`,
      given: ({heroku}) => outage(place, OUTAGE_MS)(heroku),
      end,
    },
    {
      step,
      fault: '429',
      what: 'the rate limit is reached',
      given: ({heroku}) => rateLimited(place)(heroku),
      end,
      says: [/Heroku's rate limit is reached/],
    },
  ]
}

export const LOST_LATER = 'an answer that never comes is one that is lost, 60 s later: as at maintenance-on'

const prebootOff: Array<Cell | NoCell> = [
  {
    step: 'preboot-off',
    fault: 'refused',
    what: 'Heroku refuses it',
    given: ({heroku}) => refused(WRITES['preboot-off'])(heroku),
    end: UNDONE,
    says: [/Not migrated: .*You do not have access/],
  },
  {
    step: 'preboot-off',
    fault: 'fails',
    what: 'Heroku says that it is off, twice, and it is not',
    given: ({heroku}) => ignored(WRITES['preboot-off'], 2)(heroku),
    end: DONE,
  },
  {step: 'preboot-off', fault: 'times out', none: LOST_LATER},
  ...absolute('preboot-off'),
]

const maintenanceOn: Array<Cell | NoCell> = [
  {
    step: 'maintenance-on',
    fault: 'refused',
    what: 'Heroku refuses it',
    given: ({heroku}) => refused(WRITES['maintenance-on'])(heroku),
    end: UNDONE,
    says: [/Not migrated: .*You do not have access/, /preboot is on again/],
  },
  {
    step: 'maintenance-on',
    fault: 'fails',
    what: 'Heroku says that it is on for a minute, and it is not',
    long: true,
    given: ({heroku}) => ignored(WRITES['maintenance-on'], 99)(heroku),
    end: UNDONE,
    says: [/took the change, but does not show it/],
  },
  {
    step: 'maintenance-on',
    fault: 'times out',
    what: 'it happens, and no answer ever comes',
    long: true,
    given: ({heroku}) => hang(WRITES['maintenance-on'])(heroku),
    end: DONE,
  },
  ...absolute('maintenance-on'),
]

const scaleDown: Array<Cell | NoCell> = [
  {
    step: 'scale-down',
    fault: 'refused',
    what: 'Heroku refuses it',
    given: ({heroku}) => refused(WRITES['scale-down'])(heroku),
    end: UNDONE,
    says: [/Not migrated: .*You do not have access/],
  },
  {
    step: 'scale-down',
    fault: 'fails',
    what: 'somebody brings a worker back again and again',
    given({heroku}) {
      heroku.knobs(APP).scaledBack = {type: 'worker', quantity: 2, afterMs: 20, times: 99}
    },
    end: UNDONE,
    says: [/Brought back again and again: worker/],
  },
  {
    step: 'scale-down',
    fault: 'times out',
    what: 'the workers do not end when they are told to, and are killed',
    knobs: {ignoreSigterm: true},
    end: DONE,
    says: [/worker\.1 did not end within 30 s of SIGTERM and was killed/],
  },
  ...absolute('scale-down'),
]

const capture = /\/databases\/[^/]+\/backups$/
const backedUp = but(DONE, {and: ['backups.b001: none → complete']})

const backup = (
  [
    {
      step: 'backup',
      fault: 'refused',
      what: 'Heroku refuses it',
      given: ({heroku}) => refused(WRITES.backup)(heroku),
      end: UNDONE,
      says: [/example-app is as it was: nothing was migrated/],
    },
    {
      step: 'backup',
      fault: 'fails',
      what: 'the dump fails',
      given({heroku}) {
        heroku.knobs(APP).transferFails = 'pg_dump: error: out of luck'
      },
      end: but(UNDONE, {and: ['backups.b001: none → failed']}),
      says: [/pg_dump: error: out of luck/, /example-app is as it was: nothing was migrated/],
      sent: once('POST', capture),
    },
    {
      step: 'backup',
      fault: 'times out',
      what: 'it is not done after --backup-timeout',
      flags: ['--backup-timeout', '4s'],
      given({heroku}) {
        heroku.knobs(APP).transferMs = 60_000
      },
      end: but(UNDONE, {and: ['backups.b001: none → running']}),
      says: [/is not finished .* after 4 s/, /heroku pg:backups:cancel b001 --app example-app/],
    },
    {
      step: 'backup',
      fault: 'connection lost',
      what: 'the connection is cut once it has begun',
      given: ({heroku}) => lost(WRITES.backup)(heroku),
      end: backedUp,
      sent: once('POST', capture),
    },
    {
      step: 'backup',
      fault: '5xx',
      what: `Heroku answers 503 to everything for ${LONG_OUTAGE_MS / 1000} s, and it never begins`,
      long: true,
      given: ({heroku}) => outage(WRITES.backup, LONG_OUTAGE_MS)(heroku),
      end: UNDONE,
      says: [/example-app is as it was: nothing was migrated/],
      sent: once('POST', capture),
    },
    {
      step: 'backup',
      fault: '429',
      what: 'the rate limit is reached',
      given: ({heroku}) => rateLimited(WRITES.backup)(heroku),
      end: backedUp,
    },
  ] satisfies Array<Cell | NoCell>
).map((cell) => ({...cell, backup: true}))

const formation = /\/apps\/[^/]+\/formation$/
const scaledAndReleased = [{method: 'PATCH', path: formation, times: 3}]

const release = (
  [
    {
      step: 'release',
      fault: 'refused',
      what: 'Heroku refuses it',
      given: ({heroku}) =>
        strike(WRITES.release, {
          moment: 'before',
          status: 422,
          body: {id: 'invalid_params', message: 'Invalid image.'},
        })(heroku),
      end: UNDONE,
      says: [/Invalid image/, /Nothing was released: example-app still runs v4/],
    },
    {
      step: 'release',
      fault: 'fails',
      what: 'its release phase fails',
      long: true,
      releasePhase: 'echo "relation users does not exist"; exit 3',
      end: but(held({ran: []}), {and: ['releases: 4 → 5']}),
      says: [
        /relation users does not exist/,
        /heroku releases:output v5 --app example-app/,
        /example-app still runs v4\. The window stays open/,
      ],
      byHand: ['releases: 4 → 5'],
    },
    {
      step: 'release',
      fault: 'times out',
      what: 'it happens, and no answer ever comes',
      long: true,
      given: ({heroku}) => hang(WRITES.release)(heroku),
      end: SHIPPED_TOO,
      sent: scaledAndReleased,
    },
    {
      step: 'release',
      fault: 'connection lost',
      what: 'the connection is cut once it has happened',
      given: ({heroku}) => lost(WRITES.release)(heroku),
      end: SHIPPED_TOO,
      sent: scaledAndReleased,
    },
    {
      step: 'release',
      fault: '5xx',
      what: `Heroku answers 503 to everything for ${OUTAGE_MS / 1000} s`,
      given: ({heroku}) => outage(WRITES.release, OUTAGE_MS)(heroku),
      end: SHIPPED_TOO,
    },
    {
      step: 'release',
      fault: '429',
      what: 'the rate limit is reached',
      given: ({heroku}) => rateLimited(WRITES.release)(heroku),
      end: SHIPPED_TOO,
    },
  ] satisfies Array<Cell | NoCell>
).map((cell) => ({...cell, ships: true}))

export const openingCells = [...prebootOff, ...maintenanceOn, ...scaleDown, ...backup, ...release]
