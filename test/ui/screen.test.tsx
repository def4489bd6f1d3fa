import fc from 'fast-check'
import {render} from 'ink-testing-library'
import {describe, expect, test} from 'vitest'

import type {RunEvent} from '../../src/lib/run/events.js'
import {oneLine} from '../../src/lib/ui/harmless.js'
import {Screen} from '../../src/lib/ui/ink/screen.js'
import {clipped, displayWidth, evenText} from '../../src/lib/ui/ink/width.js'
import {paintFor} from '../../src/lib/ui/paint.js'
import {emptyView, reduceView} from '../../src/lib/ui/view.js'
import {anyEvents, text} from './arbitrary.js'
import {cells} from './cells.js'
import {type Scene, scenes, type Script} from './scenes.js'

type Size = {columns: number; rows: number; colour?: boolean}

function frameOf(events: RunEvent[], {columns, rows, colour = false}: Size, now = events.at(-1)?.at ?? 0): string {
  const view = events.reduce(reduceView, emptyView)
  const {lastFrame, unmount} = render(
    <Screen view={view} now={now} columns={columns} rows={rows} paint={paintFor(colour)} />,
  )
  const frame = lastFrame() ?? ''
  unmount()
  return frame
}

/** The events of a scene up to the first that fits. */
function until(scene: Scene, wanted: (event: Script[number][1]) => boolean): RunEvent[] {
  const script = scenes[scene]
  let at = 0
  return script
    .slice(0, script.findIndex(([, event]) => wanted(event)) + 1)
    .map(([wait, event]) => ({...event, at: (at += wait)}) as RunEvent)
}

const sizes = [
  {columns: 80, rows: 24},
  {columns: 60, rows: 20},
]
const moments: Array<[string, RunEvent[]]> = [
  ['reading', until('ship', ({type}) => type === 'run-started')],
  ['building', until('ship', (event) => event.type === 'step-log' && event.line.startsWith('found'))],
  ['one image built', until('ship', (event) => event.type === 'step-progress' && event.done !== undefined)],
  ['pushing', until('ship', (event) => event.type === 'step-progress' && (event.current ?? 0) > 30e6)],
  ['waiting', until('ship', (event) => event.type === 'step-progress' && event.step === 'wait')],
  ['crashing', until('crash', (event) => event.type === 'step-log' && event.line.startsWith('Process'))],
  ['undoing', until('crash', ({type}) => type === 'undo-started')],
  ['ended', until('crash', ({type}) => type === 'run-ended')],
]

describe.each(sizes)('at $columns columns', (size) => {
  test.each(moments)('%s', (_, events) => {
    const frame = frameOf(events, size)
    expect(frame).toMatchSnapshot()
    for (const line of frame.split('\n')) expect(cells(line)).toBeLessThan(size.columns)
  })
})

test('on a low screen the running step and its parts come first', () => {
  const events = until('ship', (event) => event.type === 'step-log' && event.line.startsWith('found'))
  expect(frameOf(events, {columns: 80, rows: 8})).toMatchInlineSnapshot(`
    "⠙ Build 2 images (2.5s)
      ⠙ web     ━━━━━━━━━━━─────────  4/7  RUN npm ci
      ⠙ worker  ━━━━━━━━━━━━━━━━────  4/5  RUN npm ci
      │ web |   run \`npm fund\` for details
      │ web | found 0 vulnerabilities
    · Push 2 images
    3.1s in all"
  `)
  expect(frameOf(events, {columns: 80, rows: 4})).toMatchInlineSnapshot(`
    "⠙ Build 2 images (2.5s)
      … 2 more
    3.1s in all"
  `)
})

test('colours change nothing but colours', () => {
  for (const [, events] of moments) {
    const inColour = frameOf(events, {columns: 60, rows: 20, colour: true})
    // eslint-disable-next-line no-control-regex -- our own colours
    expect(inColour.replaceAll(/\u001B\[[\d;]*m/g, '')).toBe(frameOf(events, {columns: 60, rows: 20}))
  }
})

test('whatever happens, a frame is narrower than the terminal and shorter', () => {
  const size = fc.record({columns: fc.integer({min: 1, max: 130}), rows: fc.integer({min: 2, max: 40})})
  fc.assert(
    fc.property(anyEvents, size, fc.boolean(), (events, {columns, rows}, colour) => {
      const started: RunEvent[] = [{at: 0, type: 'run-started', run: 'r', command: 'c', app: 'a'}, ...events]
      const lines = frameOf(started, {columns, rows, colour}).split('\n')
      expect(lines.length).toBeLessThanOrEqual(rows - 1)
      for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(Math.max(1, columns - 1))
    }),
    {numRuns: 200},
  )
})

test('no text takes more cells than we count, nor more than it is cut to', () => {
  fc.assert(
    fc.property(text, fc.integer({min: 0, max: 40}), (foreign, width) => {
      const even = evenText(oneLine(foreign))
      expect(displayWidth(even)).toBeGreaterThanOrEqual(cells(even))
      expect(displayWidth(clipped(even, width))).toBeLessThanOrEqual(width)
    }),
  )
})
