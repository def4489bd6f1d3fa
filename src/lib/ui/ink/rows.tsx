import {Text} from 'ink'

import {formatDuration, formatProgress} from '../format.js'
import {oneLine} from '../harmless.js'
import type {Paint} from '../paint.js'
import type {ItemView, LogLine} from '../view.js'
import {bar} from './bar.js'
import {clipped, displayWidth, evenText, padded} from './width.js'

/** How rows are drawn: their width in cells, the moment of the animation, the colours. */
export type Look = {width: number; tick: number; paint: Paint}

/** One row of the screen, cut to its width. */
export const Row = ({text, look}: {text: string; look: Look}) => (
  <Text wrap="truncate">{clipped(text, look.width)}</Text>
)

export function Busy({title, ms, look}: {title: string; ms: number; look: Look}) {
  return <Row text={`${spinner(look)} ${shown(title)} ${look.paint.dim(`(${formatDuration(ms)})`)}`} look={look} />
}

/** The parts of the running step, as a table: name, bar, numbers, what runs. */
export function Items({items, rows, look}: {items: ItemView[]; rows: number; look: Look}) {
  const {visible, more} = atMost(items, rows)
  const nameWidth = Math.min(NAME, widest(items.map(({name}) => shown(name))))
  const numbersWidth = widest(visible.map((item) => formatProgress(item) ?? ''))
  return (
    <>
      {visible.map((item) => {
        const name = nameWidth > 0 ? [padded(clipped(shown(item.name), nameWidth), nameWidth)] : []
        const cells = [...name, ...(item.done ? ending(item, look) : running(item, numbersWidth, look))]
        return <Row key={item.name} text={`  ${markOf(item, look)} ${cells.join('  ')}`} look={look} />
      })}
      {more > 0 && <Row text={look.paint.dim(`  … ${more} more`)} look={look} />}
    </>
  )
}

/** The last lines of output; `named` when it must be said whose they are. */
export function Log({lines, named, look}: {lines: LogLine[]; named: boolean; look: Look}) {
  return lines.map(({item, line}, index) => {
    const name = named && item !== undefined ? `${shown(item)} | ` : ''
    return <Row key={index} text={look.paint.dim(`  │ ${name}${shown(line)}`)} look={look} />
  })
}

export function Pending({titles, rows, look}: {titles: string[]; rows: number; look: Look}) {
  const {visible, more} = atMost(titles, rows)
  const texts = [...visible.map((title) => shown(title)), ...(more > 0 ? [`… ${more} more`] : [])]
  return texts.map((text, index) => <Row key={index} text={look.paint.dim(`· ${text}`)} look={look} />)
}

/** The widest name of a part that is shown whole, in cells. */
const NAME = 16

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const spinner = ({tick, paint}: Look): string => paint.busy(SPINNER[tick % SPINNER.length] ?? '·')

const shown = (text: string): string => evenText(oneLine(text))

function markOf({done}: ItemView, look: Look): string {
  if (done === 'ok') return look.paint.good('✓')
  return done === 'failed' ? look.paint.bad('✗') : spinner(look)
}

function ending(item: ItemView, {paint}: Look): string[] {
  const time = paint.dim(`(${formatDuration(item.ms ?? 0)})`)
  return [item.message ? `${shown(item.message)} ${time}` : time]
}

function running(item: ItemView, numbersWidth: number, {width, paint}: Look): string[] {
  const numbers = formatProgress(item)
  const drawn = bar(item, width < 72 ? 10 : 20, paint)
  return [...(drawn ? [drawn] : []), ...(numbers ? [padded(numbers, numbersWidth)] : []), shown(item.message ?? '')]
}

/** When not all fit, the last row says how many are missing. */
function atMost<T>(all: T[], rows: number): {visible: T[]; more: number} {
  const visible = all.length <= rows ? all : all.slice(0, Math.max(0, rows - 1))
  return {visible, more: rows > 0 ? all.length - visible.length : 0}
}

const widest = (texts: string[]): number => Math.max(0, ...texts.map((text) => displayWidth(text)))
