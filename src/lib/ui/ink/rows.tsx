import {Text} from 'ink'

import {formatDuration, formatProgress} from '../format.js'
import {oneLine} from '../harmless.js'
import type {Paint} from '../paint.js'
import type {ItemView, LogLine} from '../view.js'
import {bar} from './bar.js'
import {clipped, evenText, padded, displayWidth} from './width.js'

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const spinner = (tick: number, paint: Paint) => paint.busy(SPINNER[tick % SPINNER.length] ?? '·')

/** One row of the screen, cut to its width. */
export const Row = ({children}: {children: string}) => <Text wrap="truncate">{children}</Text>

const shown = (text: string): string => evenText(oneLine(text))

export function Busy({text, ms, tick, paint}: {text: string; ms: number; tick: number; paint: Paint}) {
  return <Row>{`${spinner(tick, paint)} ${shown(text)} ${paint.dim(`(${formatDuration(ms)})`)}`}</Row>
}

/** The parts of the running step, as a table: name, bar, numbers, what runs. */
export function Items(props: {items: ItemView[]; rows: number; columns: number; tick: number; paint: Paint}) {
  const {items, rows, columns, tick, paint} = props
  const {visible, more} = atMost(items, rows)
  const nameWidth = widest(items.map(({name}) => shown(name)))
  const numbersWidth = widest(visible.map((item) => formatProgress(item) ?? ''))
  return (
    <>
      {visible.map((item) => {
        const name = nameWidth > 0 ? [padded(clipped(shown(item.name), NAME), Math.min(nameWidth, NAME))] : []
        const text = [...name, ...(item.done ? ending(item, paint) : running(item, numbersWidth, columns, paint))]
        return <Row key={item.name}>{`  ${markOf(item, tick, paint)} ${text.join('  ')}`}</Row>
      })}
      {more > 0 && <Row>{paint.dim(`  … ${more} more`)}</Row>}
    </>
  )
}

/** The widest name of a part that is shown whole. */
const NAME = 16

export function Log({lines, named, paint}: {lines: LogLine[]; named: boolean; paint: Paint}) {
  return lines.map(({item, line}, index) => (
    <Row key={index}>{paint.dim(`  │ ${named && item !== undefined ? `${shown(item)} | ` : ''}${shown(line)}`)}</Row>
  ))
}

export function Pending({titles, rows, paint}: {titles: string[]; rows: number; paint: Paint}) {
  const {visible, more} = atMost(titles, rows)
  return (
    <>
      {visible.map((title, index) => (
        <Row key={index}>{paint.dim(`· ${shown(title)}`)}</Row>
      ))}
      {more > 0 && <Row>{paint.dim(`· … ${more} more`)}</Row>}
    </>
  )
}

function markOf({done}: ItemView, tick: number, paint: Paint): string {
  if (done === 'ok') return paint.good('✓')
  return done === 'failed' ? paint.bad('✗') : spinner(tick, paint)
}

function ending(item: ItemView, paint: Paint): string[] {
  const time = paint.dim(`(${formatDuration(item.ms ?? 0)})`)
  return [item.message ? `${shown(item.message)} ${time}` : time]
}

function running(item: ItemView, numbersWidth: number, columns: number, paint: Paint): string[] {
  const numbers = formatProgress(item)
  const drawn = bar(item, columns < 72 ? 10 : 20, paint)
  return [...(drawn ? [drawn] : []), ...(numbers ? [padded(numbers, numbersWidth)] : []), shown(item.message ?? '')]
}

/** When not all fit, the last row says how many are missing. */
function atMost<T>(all: T[], rows: number): {visible: T[]; more: number} {
  const visible = all.length <= rows ? all : all.slice(0, Math.max(0, rows - 1))
  return {visible, more: rows > 0 ? all.length - visible.length : 0}
}

const widest = (texts: string[]): number => Math.max(0, ...texts.map((text) => displayWidth(text)))
