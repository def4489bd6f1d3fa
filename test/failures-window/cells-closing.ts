import type {Cell, NoCell} from './cell.js'
import {absolute, LONG_OUTAGE_MS, LOST_LATER, OUTAGE_MS} from './cells-opening.js'
import {but, DONE, held, RAN} from './ends.js'
import {after, ignored, lost, outage, rateLimited, refused, strike} from './faults.js'
import {APP} from '../failures/setup.js'
import type {WindowSetup} from './setup.js'
import {WRITES} from './steps.js'
import {dynos, made} from './cells-migration.js'

const flushed = ['flush', 'migrate'] as const

const scaleUp: Array<Cell | NoCell> = [
  {
    step: 'scale-up',
    fault: 'refused',
    what: 'Heroku refuses it',
    given: ({heroku}) => refused(WRITES['scale-up'])(heroku),
    end: held({ran: [...flushed]}),
    says: [/heroku ps:scale worker=2 --app example-app/],
    byHand: [RAN.flush, RAN.migrate],
  },
  {
    step: 'scale-up',
    fault: 'fails',
    what: 'Heroku says that it is done, twice, and it is not',
    given: ({heroku}) => ignored(WRITES['scale-up'], 2)(heroku),
    end: DONE,
  },
  {step: 'scale-up', fault: 'times out', none: LOST_LATER},
  ...absolute('scale-up'),
]

/** What is asked once the workers are to come back. */
const listing = {method: 'GET', path: dynos, nth: 1}

const up: Array<Cell | NoCell> = [
  {
    step: 'up',
    fault: 'refused',
    what: 'Heroku refuses to list the dynos, three times',
    given: ({heroku}) => after(WRITES['scale-up'], strike(listing, {moment: 'before', status: 403, times: 3}))(heroku),
    end: DONE,
  },
  {
    step: 'up',
    fault: 'fails',
    what: 'the workers crash at boot',
    long: true,
    flags: ['--stable-for', '2s'],
    given({heroku}) {
      after(WRITES['scale-down'], () => {
        heroku.knobs(APP).crashOnBoot = {types: ['worker']}
      })(heroku)
    },
    end: but(held({ran: [...flushed], workers: 'back'}), {
      and: ['worker.1', 'worker.2'].map((dyno) => `dynos.${dyno}: up, old image → crashed, old image`),
    }),
    says: [/worker\.\d crashed/, /example-app is not rolled back, because it was migrated/],
  },
  {step: 'up', fault: 'times out', none: 'dynos have 10 minutes to come up, too long to wait for here'},
  {
    step: 'up',
    fault: 'connection lost',
    what: 'the connection is cut, twice',
    given: ({heroku}) => after(WRITES['scale-up'], strike(listing, {moment: 'lost', times: 2}))(heroku),
    end: DONE,
  },
  {
    step: 'up',
    fault: '5xx',
    what: `Heroku answers 503 to everything for ${OUTAGE_MS / 1000} s`,
    given: ({heroku}) => after(WRITES['scale-up'], outage(listing, OUTAGE_MS))(heroku),
    end: DONE,
  },
  {
    step: 'up',
    fault: '429',
    what: 'the rate limit is reached',
    given: ({heroku}) => after(WRITES['scale-up'], rateLimited(listing))(heroku),
    end: DONE,
  },
]

const unsmoked = held({ran: [...flushed], workers: 'back'})

const smoke: Array<Cell | NoCell> = [
  {
    step: 'smoke',
    fault: 'refused',
    what: 'Heroku refuses the dyno',
    given: ({heroku}) => refused(WRITES.smoke)(heroku),
    end: unsmoked,
    says: [/example-app is not rolled back, because it was migrated/],
  },
  {
    step: 'smoke',
    fault: 'fails',
    what: 'it exits with status 1',
    commands: {smoke: 'echo "no such column"; exit 1'},
    end: held({ran: [...flushed, 'smoke'], workers: 'back'}),
    says: [/no such column/, /`sh smoke` failed in run\.\d+: it exited with status 1/],
  },
  {step: 'smoke', fault: 'times out', none: 'it has 10 minutes, too long to wait for here'},
  {
    step: 'smoke',
    fault: 'connection lost',
    what: 'the connection is cut once the dyno is there',
    given: ({heroku}) => lost(WRITES.smoke)(heroku),
    end: DONE,
    sent: made(3),
  },
  {
    step: 'smoke',
    fault: '5xx',
    what: `Heroku answers 503 to everything for ${OUTAGE_MS / 1000} s, and there is no dyno`,
    long: true,
    given: ({heroku}) => outage(WRITES.smoke, OUTAGE_MS)(heroku),
    end: unsmoked,
    sent: made(3),
  },
  {
    step: 'smoke',
    fault: '429',
    what: 'the rate limit is reached',
    given: ({heroku}) => rateLimited(WRITES.smoke)(heroku),
    end: DONE,
  },
]

const all = ['flush', 'migrate', 'smoke'] as const

const maintenanceOff: Array<Cell | NoCell> = [
  {
    step: 'maintenance-off',
    fault: 'refused',
    what: 'Heroku refuses it',
    given: ({heroku}) => refused(WRITES['maintenance-off'])(heroku),
    end: held({ran: [...all], workers: 'back'}),
    says: [/heroku maintenance:off --app example-app/],
  },
  {
    step: 'maintenance-off',
    fault: 'fails',
    what: 'Heroku says that it is off, twice, and it is not',
    given: ({heroku}) => ignored(WRITES['maintenance-off'], 2)(heroku),
    end: DONE,
  },
  {step: 'maintenance-off', fault: 'times out', none: LOST_LATER},
  ...absolute('maintenance-off').map((cell) =>
    cell.fault === '5xx'
      ? {
          ...cell,
          what: `Heroku answers 503 to everything for ${LONG_OUTAGE_MS / 1000} s`,
          long: true as const,
          given: ({heroku}: WindowSetup) => outage(WRITES['maintenance-off'], LONG_OUTAGE_MS)(heroku),
        }
      : cell,
  ),
]

/** Maintenance is on again: what was migrated is held behind it. */
const unhealthy = held({ran: [...all], workers: 'back'})
const impatient = ['--health-timeout', '3s']

const health: Array<Cell | NoCell> = [
  {
    step: 'health',
    fault: 'refused',
    what: 'the app answers 403',
    flags: impatient,
    given: ({health: server}) => void (server.always = 403),
    end: unhealthy,
    says: [/example-app is not rolled back, because it was migrated/],
  },
  {
    step: 'health',
    fault: 'fails',
    what: 'the app answers 500',
    flags: impatient,
    given: ({health: server}) => void (server.always = 500),
    end: unhealthy,
    says: [/example-app is not rolled back, because it was migrated/],
  },
  {
    step: 'health',
    fault: 'times out',
    what: 'the app does not answer',
    flags: impatient,
    given: ({health: server}) => void (server.always = 'hang'),
    end: unhealthy,
  },
  {
    step: 'health',
    fault: 'connection lost',
    what: 'the connection is cut, twice',
    given: ({health: server}) => void server.answers.push('lost', 'lost'),
    end: DONE,
  },
  {
    step: 'health',
    fault: '5xx',
    what: 'the app answers 502, twice',
    given: ({health: server}) => void server.answers.push(502, 502),
    end: DONE,
  },
  {
    step: 'health',
    fault: '429',
    what: 'the app answers 429 once',
    given: ({health: server}) => void server.answers.push(429),
    end: DONE,
  },
]

const prebootOn: Array<Cell | NoCell> = [
  {
    step: 'preboot-on',
    fault: 'refused',
    what: 'Heroku refuses it',
    given: ({heroku}) => refused(WRITES['preboot-on'])(heroku),
    end: held({ran: [...all], workers: 'back', maintenance: 'off'}),
    says: [/heroku features:enable preboot --app example-app/],
    byHand: Object.values(RAN),
  },
  {
    step: 'preboot-on',
    fault: 'fails',
    what: 'Heroku says that it is on, twice, and it is not',
    given: ({heroku}) => ignored(WRITES['preboot-on'], 2)(heroku),
    end: DONE,
  },
  {step: 'preboot-on', fault: 'times out', none: LOST_LATER},
  ...absolute('preboot-on'),
]

export const closingCells = [...scaleUp, ...up, ...smoke, ...maintenanceOff, ...health, ...prebootOn]
