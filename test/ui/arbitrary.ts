import fc from 'fast-check'

import type {RunEvent} from '../../src/lib/run/events.js'

const pieces = [
  'a',
  'npm ci',
  ' ',
  '構築',
  'ウェブ',
  '🚀',
  '👩‍👩‍👧',
  '🇩🇪',
  '⚠️',
  'e\u0301',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '\u001B[31m',
  '\u001B[2J',
]
const hostile = [
  '\u001B]0;x\u0007',
  '\u001B[1A',
  '\u009B5n',
  '\u0007',
  '\b',
  '\u202E',
  '\uD800',
  '\u001B',
  '\u0000',
  'x'.repeat(150),
]
export const text = fc
  .array(fc.oneof(fc.constantFrom(...pieces, ...hostile), fc.string({unit: 'binary'})), {maxLength: 12})
  .map((all) => all.join(''))

const step = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const item = fc.option(fc.constantFrom('web', 'worker', 'ウェブ', 'a-very-long-process-type-name', 'release'), {
  nil: undefined,
})
const ms = fc.integer({min: 0, max: 10_000_000})
const number = fc.option(fc.oneof(fc.integer({min: -5, max: 1e9}), fc.constant(Number.NaN)), {nil: undefined})
const type = <T extends string>(name: T) => fc.constant(name)

const said = fc.oneof(
  fc.record({type: type('run-started'), run: text, command: text, app: text}),
  fc.record({
    type: type('plan-started'),
    plan: text,
    steps: fc.uniqueArray(fc.record({id: step, title: text, pivot: fc.boolean()}), {selector: ({id}) => id}),
  }),
  ...(['step-started', 'undo-started'] as const).map((name) => fc.record({type: type(name), step, title: text})),
  ...(['step-succeeded', 'undo-succeeded'] as const).map((name) =>
    fc.record({type: type(name), step, title: text, ms, summary: fc.option(text, {nil: undefined})}),
  ),
  ...(['step-failed', 'undo-failed'] as const).map((name) =>
    fc.record({type: type(name), step, title: text, ms, message: text}),
  ),
  fc.record({
    type: type('step-progress'),
    step,
    item,
    message: fc.option(text, {nil: undefined}),
    current: number,
    total: number,
    unit: fc.constantFrom('bytes', 'steps', undefined),
    done: fc.constantFrom('ok', 'failed', undefined),
  }),
  fc.record({type: type('step-log'), step, item, line: text}),
  fc.record({type: type('warning'), message: text}),
  fc.record({type: type('note'), message: text}),
  fc.record({type: type('downtime'), down: fc.boolean()}),
  fc.record({type: type('signalled'), signal: text, message: text}),
)

/** Any events in any order, as hostile as foreign output gets; `at` goes up. */
export const anyEvents = fc.array(fc.tuple(fc.integer({min: 0, max: 100_000}), said), {maxLength: 30}).map((events) => {
  let at = 0
  return events.map(([pause, event]) => ({...event, at: (at += pause)}) as RunEvent)
})
