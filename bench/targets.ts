import type {Measured} from './row.js'
import {median} from './statistics.js'

/** A promise about a figure, and what came of it; without `atMost` nothing is promised. `measured` is undefined when its row is missing or refused. */
export type Verdict = {promise: string; atMost?: number; measured: number | undefined}

const ratio = (rows: Measured[], id: string, figure: string, {against = 1, of = 0} = {}): number | undefined => {
  const row = rows.find((one) => one.id === id && one.refused === undefined)
  const [ours, theirs] = [row?.sides[of]?.figures[figure], row?.sides[against]?.figures[figure]]
  return ours && theirs && median(ours) / median(theirs)
}

const difference = (rows: Measured[], id: string, figure: string): number | undefined => {
  const row = rows.find((one) => one.id === id && one.refused === undefined)
  const [ours, theirs] = row?.sides.map(({figures}) => figures[figure]) ?? []
  return ours && theirs && median(ours) - median(theirs)
}

const value = (rows: Measured[], id: string, figure: string): number | undefined => {
  const values = rows.find((one) => one.id === id && one.refused === undefined)?.sides[0]?.figures[figure]
  return values && median(values)
}

/** Sides of the window's rows: ours, the classic script, the careful one, ours on a plan with continuous protection. */
const windowPromises = (rows: Measured[]): Verdict[] =>
  [
    {id: 'window', late: ''},
    {id: 'window-latency', late: ', answers 50 ms late'},
  ].flatMap(({id, late}) => [
    ...[
      {of: 0, how: ''},
      {of: 3, how: ', where a restore point is the backup'},
    ].flatMap(({how, of}) => [
      {
        promise: `downtime of a ship with a migration: at most 0.35 × the classic script's${how}${late}`,
        atMost: 0.35,
        measured: ratio(rows, id, 'downtime', {of}),
      },
      {
        promise: `the same: at most 0.7 × the careful script's${how}${late}`,
        atMost: 0.7,
        measured: ratio(rows, id, 'downtime', {against: 2, of}),
      },
      {
        promise: `whole of it: at most 0.6 × the classic script's${how}${late}`,
        atMost: 0.6,
        measured: ratio(rows, id, 'total', {of}),
      },
    ]),
    // A run lasts less than a minute, so this is a minute's as well (at most 75).
    {promise: `its API calls: at most 60${late}`, atMost: 60, measured: value(rows, id, 'API calls')},
  ])

export const judge = (rows: Measured[]): Verdict[] => [
  {
    promise: 'start: `pipeline:ship --help` in at most 1.05 × `container:push --help`',
    atMost: 1.05,
    measured: ratio(rows, 'help', 'total'),
  },
  ...windowPromises(rows),
  {
    promise:
      'whole ship without a window, total, against push and release alone (0.6 is promised against the script with a window)',
    measured: ratio(rows, 'ship', 'total'),
  },
  {promise: 'API calls of a ship: at most 60', atMost: 60, measured: value(rows, 'ship', 'API calls')},
  {
    promise: 'memory out of an archive: the reader, warmed, at most 2 × `LC_ALL=C grep -c` on the same file',
    atMost: 2,
    measured: ratio(rows, 'memory-archive', 'total'),
  },
  {
    promise: 'the command on it: at most 60 MB more than on an empty file',
    atMost: 60,
    measured: difference(rows, 'memory-command', 'peak RSS MB'),
  },
]
