import type {Cell, NoCell} from './cell.js'
import {absolute, LONG_OUTAGE_MS, OUTAGE_MS} from './cells-opening.js'
import {but, DONE, held, RAN, UNDONE} from './ends.js'
import {lost, outage, rateLimited, refused, strike} from './faults.js'
import {WRITES} from './steps.js'

/** How one-off dynos are made, and dynos listed. */
export const dynos = /\/apps\/[^/]+\/dynos$/
/** So many dynos were made. */
export const made = (times: number) => [{method: 'POST', path: dynos, times}]

const migrate: Array<Cell | NoCell> = [
  {
    step: 'migrate',
    fault: 'refused',
    what: 'Heroku refuses the dyno',
    given: ({heroku}) => refused(WRITES.migrate)(heroku),
    end: UNDONE,
    says: [/nothing was migrated/],
  },
  {
    step: 'migrate',
    fault: 'fails',
    what: 'it exits with status 1',
    commands: {migrate: 'echo "relation users does not exist"; exit 1'},
    end: held(),
    says: [/`sh migrate` failed in run\.\d+: it exited with status 1/, /The window stays open/],
    sent: made(1),
    byHand: [RAN.migrate],
  },
  {
    step: 'migrate',
    fault: 'times out',
    what: 'it is not done after --timeout, and is stopped',
    commands: {migrate: 'sleep 600'},
    flags: ['--timeout', '3s'],
    end: held(),
    says: [/it was not done after 3s, so it was stopped/, /The window stays open/],
  },
  {
    step: 'migrate',
    fault: 'connection lost',
    what: 'the connection is cut once the dyno is there',
    given: ({heroku}) => lost(WRITES.migrate)(heroku),
    end: DONE,
    sent: made(3),
  },
  {
    step: 'migrate',
    fault: '5xx',
    what: `Heroku answers 503 to everything for ${LONG_OUTAGE_MS / 1000} s, and there is no dyno`,
    long: true,
    given: ({heroku}) => outage(WRITES.migrate, LONG_OUTAGE_MS)(heroku),
    end: held({ran: []}),
    says: [/`sh migrate` may run or not/, /The window stays open/],
    sent: made(1),
  },
  {
    step: 'migrate',
    fault: '429',
    what: 'the rate limit is reached',
    given: ({heroku}) => rateLimited(WRITES.migrate)(heroku),
    end: DONE,
  },
]

const restarted = (times: number) => [{method: 'DELETE', path: /\/formations\/clock$/, times}]

const restart: Array<Cell | NoCell> = [
  {
    step: 'restart',
    fault: 'refused',
    what: 'Heroku refuses it',
    given: ({heroku}) => refused(WRITES.restart)(heroku),
    end: held(),
    says: [/The window stays open/, /heroku ps:restart --process-type clock --app example-app/],
    byHand: [RAN.migrate],
  },
  {step: 'restart', fault: 'fails', none: 'dynos that do not come back up are a matter of `up`'},
  {step: 'restart', fault: 'times out', none: 'no new dyno is listed for 2 minutes: too long to wait for here'},
  ...absolute('restart').map((cell) => ({
    ...cell,
    ...(cell.fault === '5xx' ? {long: true as const} : {}),
    sent: restarted(cell.fault === 'connection lost' ? 1 : 2),
  })),
]

const flush: Array<Cell | NoCell> = [
  {
    step: 'flush',
    fault: 'refused',
    what: 'Heroku refuses the dyno',
    given: ({heroku}) => strike(WRITES.flush, {moment: 'before', status: 422, body: LIMIT})(heroku),
    end: but(DONE, {without: [RAN.flush]}),
    says: [/Warning: Not flushed, and stale entries may be served/],
  },
  {
    step: 'flush',
    fault: 'fails',
    what: 'the command exits with status 1',
    commands: {flush: 'exit 1'},
    end: DONE,
    says: [/Warning: Not flushed, and stale entries may be served/],
  },
  {step: 'flush', fault: 'times out', none: 'a command has 10 minutes, too long to wait for here'},
  {
    step: 'flush',
    fault: 'connection lost',
    what: 'the connection is cut once the dyno is there',
    given: ({heroku}) => lost(WRITES.flush)(heroku),
    end: DONE,
    sent: made(3),
  },
  {
    step: 'flush',
    fault: '5xx',
    what: `Heroku answers 503 to everything for ${OUTAGE_MS / 1000} s, and there is no dyno`,
    long: true,
    given: ({heroku}) => outage(WRITES.flush, OUTAGE_MS)(heroku),
    end: but(DONE, {without: [RAN.flush]}),
    says: [/Warning: Not flushed, and stale entries may be served/],
    sent: made(3),
  },
  {
    step: 'flush',
    fault: '429',
    what: 'the rate limit is reached',
    given: ({heroku}) => rateLimited(WRITES.flush)(heroku),
    end: DONE,
  },
]

const LIMIT = {id: 'cannot_run_above_limit', message: 'Cannot run more than 50 Standard size dynos.'}
export const migrationCells = [...migrate, ...restart, ...flush]
