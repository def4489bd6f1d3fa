import {describe, expect, it} from 'vitest'

import {parseLogLine} from '../../src/lib/heroku/parse-log-line.js'
import {openLedger} from '../../src/lib/migrate/drain-ledger.js'
import {watchRequests} from '../../src/lib/migrate/in-flight-lines.js'

/** Lines a second apart, the first at 05:16:00. */
function log(lines: string[]): ReturnType<typeof openLedger> {
  const ledger = openLedger()
  const at = (index: number) => new Date(Date.UTC(2026, 0, 1, 5, 16, index)).toISOString().replace('Z', '000+00:00')
  for (const [index, line] of lines.entries()) ledger.note(parseLogLine(`${at(index)} ${line}`))
  return ledger
}

const worker = (createdAt = '2026-01-01T05:00:00Z') => ({name: 'worker.1', createdAt})
const DOWN = 'heroku[worker.1]: State changed from up to down'
const ZERO = 'app[api]: Scaled to worker@0:Free by user x@example.com'
const TERM = 'heroku[worker.1]: Stopping all processes with SIGTERM'
const EXIT = 'heroku[worker.1]: Process exited with status 143'
const START = 'heroku[worker.1]: Starting process with command `work`'
const RESTARTED = 'heroku[worker.1]: State changed from up to starting'

describe('a process is known to have exited', () => {
  it.each([
    ['scaled away', [DOWN, ZERO, TERM, EXIT]],
    ['scaled away with one more that drained', [RESTARTED, TERM, START, DOWN, ZERO, TERM, EXIT, EXIT]],
    ['scaled away after the exit of the one before', [RESTARTED, TERM, EXIT, START, DOWN, ZERO, TERM, EXIT]],
    ['crashed, the exit told first', [EXIT, 'heroku[worker.1]: State changed from up to crashed', ZERO]],
    ['crashed, the exit told last', ['heroku[worker.1]: State changed from up to crashed', EXIT, ZERO]],
  ])('%s', (_, lines) => {
    const ledger = log(lines)
    expect(ledger.hasExited(worker())).toBe(true)
    expect(ledger.running(['worker'])).toEqual([])
  })

  it.each([
    ['nothing is told', []],
    ['another one exits', [DOWN, ZERO, TERM, 'heroku[worker.2]: Process exited with status 143']],
    ['its own words say so', [DOWN, ZERO, TERM, 'app[worker.1]: Process exited with status 0']],
    ['only the one before has exited', [RESTARTED, TERM, START, DOWN, ZERO, TERM, EXIT]],
    ['it was brought back', [DOWN, ZERO, TERM, EXIT, START]],
    ['an exit came before it was taken away', [EXIT, DOWN, ZERO, TERM]],
    ['lines are missing since', [DOWN, ZERO, TERM, EXIT, 'heroku[logplex]: Error L11 (Tail buffer overflow) -> lost']],
  ])('and not when %s', (_, lines) => {
    expect(log(lines).hasExited(worker())).toBe(false)
  })

  it('and not by the exit of one that was there before it', () => {
    expect(log([DOWN, ZERO, TERM, EXIT]).hasExited(worker('2026-01-01T05:17:00Z'))).toBe(false)
  })

  it('and, when it was a moment old, only by a log that reaches back to its start', () => {
    const young = worker('2026-01-01T05:15:50Z')
    expect(log([DOWN, ZERO, TERM, EXIT]).hasExited(young)).toBe(false)
    expect(log([DOWN, ZERO, TERM, EXIT]).hasExited(worker('2026-01-01T05:15:00Z'))).toBe(true)
  })
})

/** platform-facts §3.5, from a real log: scaled to 0 and back before the old process had ended. */
it('a real log: the new process runs, and the old one had to be killed', () => {
  const ledger = log([
    DOWN,
    ZERO,
    TERM,
    'app[api]: Scaled to worker@1:Free by user x@example.com',
    START,
    'heroku[worker.1]: State changed from starting to up',
    'heroku[worker.1]: Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM',
    'heroku[worker.1]: Stopping remaining processes with SIGKILL',
    'heroku[worker.1]: Process exited with status 137',
  ])
  expect(ledger.running(['worker'])).toEqual(['worker.1'])
  expect(ledger.killed()).toEqual(['worker.1'])
  expect(ledger.scaling('worker')).toEqual({quantity: 1, by: 'x@example.com'})
})

it('one-off dynos of a type are none of the formation', () => {
  const ledger = log(['heroku[worker.5180]: Starting process with command `rake`'])
  expect(ledger.running(['worker'])).toEqual([])
})

describe('requests of before are over', () => {
  const line = (text: string) => `2026-01-01T05:16:00.000000+00:00 heroku[router]: ${text}`
  const answered = (service: number) =>
    parseLogLine(line(`at=info method=GET path="/" dyno=web.1 service=${service}ms status=200`))
  const page = parseLogLine(
    line('at=info code=H80 desc="Maintenance mode" method=GET dyno= connect= service= status=503'),
  )

  it('after 30 s, whatever the log says', () => {
    const requests = watchRequests()
    expect(requests.areOver(0, 29_999)).toBe(false)
    expect(requests.areOver(0, 30_000)).toBe(true)
  })

  it('when none was answered for twice the longest time, and the log goes on', () => {
    const requests = watchRequests()
    requests.note(answered(4000), 1000)
    requests.note(page, 8900)
    expect(requests.areOver(0, 9100)).toBe(false)
    requests.note(page, 9100)
    expect(requests.areOver(0, 9100)).toBe(true)
    requests.note(answered(20), 9200)
    expect(requests.areOver(0, 9300)).toBe(false)
  })

  it('not before 5 s of quiet, nor where lines are missing', () => {
    const requests = watchRequests()
    requests.note(answered(20), 0)
    requests.note(page, 4900)
    expect(requests.areOver(0, 4900)).toBe(false)
    requests.note({...page, gap: {}}, 5000)
    requests.note(page, 20_000)
    expect(requests.areOver(0, 20_000)).toBe(false)
  })

  it('when nobody was there before, once the router has shown the maintenance page for 5 s', () => {
    const pages = watchRequests()
    pages.note(page, 4900)
    expect(pages.areOver(0, 4900)).toBe(false)
    pages.note(page, 5000)
    expect(pages.areOver(0, 5000)).toBe(true)
  })

  it('not by a log that fell silent', () => {
    const silent = watchRequests()
    silent.note(answered(20), 0)
    expect(silent.areOver(0, 20_000)).toBe(false)
  })
})
