import {harmlessLines} from '../../ui/harmless.js'
import type {Diagnosis, Recording, Span} from '../types.js'
import {type ChartOf, releasesFor, scaleOf, troubleOf} from './chart.js'
import {amount, moment} from './numbers.js'
import {bucketAt, isUsual, seriesOf} from './series.js'

/** All in px of the drawing. */
const WIDTH = 960
const PANEL = 250
const HEAD = 44
const LEFT = 84
const RIGHT = 24
const TOP = 46
const BOTTOM = 34
const COLUMNS = WIDTH - LEFT - RIGHT

const STYLE = `
  .back { fill: #ffffff } .text { fill: #1f2328 } .soft { fill: #59636e } .grid { stroke: #d1d9e0 } .line { stroke: #0969da }
  .area { fill: #0969da; fill-opacity: 0.12 } .quota { stroke: #9a6700 } .of-quota { fill: #9a6700 } .release { stroke: #8250df }
  .of-release { fill: #8250df } .trouble { fill: #d1242f }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 } .text { fill: #e6edf3 } .soft { fill: #9198a1 } .grid { stroke: #30363d } .line { stroke: #58a6ff }
    .area { fill: #58a6ff; fill-opacity: 0.18 } .quota { stroke: #d29922 } .of-quota { fill: #d29922 } .release { stroke: #bc8cff }
    .of-release { fill: #bc8cff } .trouble { fill: #ff7b72 }
  }
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
  .title { font-size: 16px; font-weight: 600 } .name { font-size: 14px; font-weight: 600 } .end { text-anchor: end } .middle { text-anchor: middle }`

/** A chart of every process type as an SVG of its own, legible on light and on dark ground. `title` is plain text. */
export function formatSvg(
  recording: Recording,
  {diagnosis, now, releases, title}: {diagnosis: Diagnosis; title: string; now: number; releases: ChartOf['releases']},
): string {
  const {span} = recording
  const panels = span
    ? diagnosis.types.map(({quota, type}, index) => {
        const of = {type, span, releases: releasesFor(diagnosis, releases), r14: troubleOf(recording, type), now}
        return panel(recording, quota === undefined ? of : {...of, quota}, HEAD + index * PANEL)
      })
    : []
  const height = HEAD + Math.max(1, panels.length) * PANEL
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="back" width="100%" height="100%"/>`,
    text(LEFT, 28, 'title text', title),
    ...(panels.length > 0 ? panels.flat() : [text(LEFT, HEAD + 40, 'soft', 'No samples')]),
    '</svg>',
    '',
  ].join('\n')
}

function panel(recording: Recording, {now, quota, r14, releases, span, type}: ChartOf, y: number): string[] {
  const series = seriesOf(recording, {type, span, buckets: COLUMNS})
  const highest = Math.max(1, ...series.map((value) => value ?? 0))
  const top = scaleOf(Math.max(highest, quota && highest > quota / 4 ? quota : 0) * 1.02)
  const plot = {top: y + TOP, bottom: y + PANEL - BOTTOM}
  const at = (value: number): number => round(plot.bottom - (value / top) * (plot.bottom - plot.top))
  const ticks = [0, top / 4, top / 2, (3 * top) / 4, top]
  const runs = runsOf(series)
  return [
    text(LEFT, y + 20, 'name text', type),
    ...ticks.flatMap((tick) => [
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(tick)}" y2="${at(tick)}"/>`,
      text(LEFT - 10, at(tick) + 4, 'soft end', tick === 0 ? '0' : `${amount(tick)} MB`),
    ]),
    ...runs.flatMap((run) => lineOf(run, at, plot.bottom)),
    ...(quota && quota <= top ? quotaLine(at(quota), quota) : []),
    ...releaseLines(releases, span, plot),
    ...[...new Set(r14.flatMap((moment) => bucketAt(moment, span, COLUMNS) ?? []))].map(
      (column) =>
        `<circle class="trouble" cx="${LEFT + column}" cy="${at(series[column] ?? highest)}" r="3"><title>R14</title></circle>`,
    ),
    text(LEFT, y + PANEL - 12, 'soft', moment(span.from, now)),
    text(WIDTH - RIGHT, y + PANEL - 12, 'soft end', moment(span.to, now)),
    ...(r14.length > 0 ? [text(WIDTH - RIGHT, y + 20, 'trouble end', `● ${r14.length} × R14 or R15`)] : []),
  ]
}

type Point = {column: number; value: number}

/** Measurements that are joined by a line: those with a longer gap between them are not. */
function runsOf(series: Array<number | null>): Point[][] {
  const runs: Point[][] = []
  const known = [...series.keys()].filter((column) => series[column] !== null)
  for (const [index, column] of known.entries()) {
    const point = {column, value: series[column]!}
    if (index > 0 && isUsual(known, index - 1)) runs.at(-1)!.push(point)
    else runs.push([point])
  }

  return runs
}

function lineOf(run: Point[], at: (value: number) => number, bottom: number): string[] {
  const points = run.map(({column, value}) => `${LEFT + column},${at(value)}`)
  const [first, last] = [LEFT + run[0]!.column, LEFT + run.at(-1)!.column]
  // A single measurement has no length: a stroke with round ends shows it as a dot.
  const path = points.length === 1 ? `M${points[0]} h0.01` : `M${points.join(' L')}`
  return [
    `<path class="area" stroke="none" d="M${first},${bottom} L${points.join(' L')} L${last},${bottom} Z"/>`,
    `<path class="line" fill="none" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" d="${path}"/>`,
  ]
}

function quotaLine(y: number, quota: number): string[] {
  return [
    `<line class="quota" stroke-width="1.5" stroke-dasharray="6 4" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`,
    text(WIDTH - RIGHT, y - 6, 'of-quota end', `quota ${amount(quota)} MB`),
  ]
}

function releaseLines(
  releases: ChartOf['releases'],
  span: Span,
  {bottom, top}: {top: number; bottom: number},
): string[] {
  let free = WIDTH - RIGHT
  return [...releases]
    .sort((a, b) => b.at - a.at)
    .flatMap(({at, version}) => {
      const column = bucketAt(at, span, COLUMNS)
      if (column === undefined) return []
      const x = LEFT + column
      const line = `<line class="release" stroke-width="1.25" stroke-dasharray="2 3" x1="${x}" x2="${x}" y1="${top - 8}" y2="${bottom}"/>`
      // Names of releases that follow each other closely would overlap: then the newest has one.
      const room = x + 20 <= free
      if (room) free = x - 24
      return [line, ...(room ? [text(x, top - 12, 'of-release middle', `v${version}`)] : [])]
    })
}

const text = (x: number, y: number, classes: string, words: string): string =>
  `<text class="${classes}" x="${x}" y="${round(y)}">${escaped(words)}</text>`

const round = (value: number): number => Math.round(value * 10) / 10

function escaped(words: string): string {
  const signs: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}
  return harmlessLines(words)
    .join(' ')
    .replaceAll(/[&<>"]/g, (sign) => signs[sign]!)
}
