import {describe, expect, it} from 'vitest'
import {normalise} from './normalise.js'
import {parseCommand, wrongLines, type Row} from './row.js'

const row = (sees: string[]): Row => ({command: 'heroku ps', exit: 0, sees})

describe('what a user sees', () => {
  it('has no ids, times, ports, random names or token; broken lines are whole', () => {
    const said = ` ›   Error: No such size. Available dyno sizes are Eco, Basic,\n ›   Standard-1X.\n ›\n ›   Error ID: invalid_params
 v5  Deployed web (15db84dfc3a2)   2026/11/21 01:52:36 +0000 (~ 7s ago)
Running true on example-app... connecting, run.3901Running true on example-app... up, run.3901
http://localhost:5177/backups/184c29b6-6853-45dd-bbf1-5d1d23311340 of postgresql-calm-b1e7b, the-token\n`
    expect(normalise(said, 'the-token')).toEqual([
      'Error: No such size. Available dyno sizes are Eco, Basic, Standard-1X.',
      'Error ID: invalid_params',
      'v5 Deployed web (IMAGE) TIME (AGO)',
      'Running true on example-app... connecting, run.N',
      'Running true on example-app... up, run.N',
      'http://localhost:PORT/backups/ID of postgresql-NAME, TOKEN',
    ])
  })

  it('is judged line by line: whole ones, and parts only where the row says so', () => {
    const lines = ['web.1: up', 'worker.1: up']
    expect(wrongLines(row(['worker.1: up', 'web…', '…: up', '…er.1…']), lines)).toEqual([])
    expect(wrongLines(row(['web.1: u', 'web…', 'up…', '…web']), lines)).toEqual(['web.1: u', 'up…', '…web'])
    expect(wrongLines(row([]), lines)).toEqual(lines)
  })
})

it('an app is named where a command has flags, and variables stand in front', () => {
  expect(parseCommand(row([]))).toEqual({argv: ['heroku', 'ps', '--app', 'example-app'], variables: {}})
  expect(parseCommand({...row([]), command: "A=b heroku run -x -- sh -c 'exit 3'"})).toEqual({
    argv: ['heroku', 'run', '-x', '--app', 'example-app', '--', 'sh', '-c', 'exit 3'],
    variables: {A: 'b'},
  })
})
