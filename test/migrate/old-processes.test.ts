import {describe, expect, it} from 'vitest'

import {parseLogLine} from '../../src/lib/heroku/parse-log-line.js'
import {watchOldProcesses} from '../../src/lib/migrate/old-processes.js'

const SINCE = Date.parse('2026-01-01T05:16:00Z')
const line = (text: string, {dyno = 'web.1', second = 1} = {}) =>
  parseLogLine(`2026-01-01T05:16:${String(second).padStart(2, '0')}.000000+00:00 heroku[${dyno}]: ${text}`)
const watching = (texts: string[], dynos = ['web.1']) => {
  const processes = watchOldProcesses(dynos, SINCE)
  for (const text of texts) processes.note(line(text))
  return processes.waitingFor()
}

const RESTART = ['Restarting', 'State changed from up to starting', 'Stopping all processes with SIGTERM']

describe('the process of before', () => {
  it('has exited when it was told to stop and its exit was told', () => {
    expect(watching([])).toEqual(['web.1'])
    expect(watching(RESTART)).toEqual(['web.1'])
    expect(watching([...RESTART, 'Starting process with command `x`', 'State changed from starting to up'])).toEqual([
      'web.1',
    ])
    expect(watching([...RESTART, 'Process exited with status 143'])).toEqual([])
  })

  it('is not taken for gone by the crash of the new one, in whichever order its lines come', () => {
    const crash = ['Process exited with status 1', 'State changed from starting to crashed']
    expect(watching([...RESTART, ...crash])).toEqual(['web.1'])
    expect(watching([...RESTART, ...crash.reverse(), 'Process exited with status 143'])).toEqual([])
  })

  it('is waited for by each restart and each dyno', () => {
    expect(watching([...RESTART, ...RESTART, 'Process exited with status 143'])).toEqual(['web.1'])
    expect(watching([...RESTART, 'Process exited with status 143'], ['web.1', 'web.2'])).toEqual(['web.2'])
  })

  it('is not proven gone by lines from before the release, nor where lines are missing', () => {
    const processes = watchOldProcesses(['web.1'], SINCE + 30_000)
    for (const text of [...RESTART, 'Process exited with status 143']) processes.note(line(text))
    expect(processes.waitingFor()).toEqual(['web.1'])
    expect(processes.blind).toBe(false)
    processes.note({...line('Error L11'), gap: {}})
    expect(processes.blind).toBe(true)
  })
})
