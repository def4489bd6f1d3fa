import {paintFor} from '../../ui/paint.js'
import {inCi, wantsColour} from '../../ui/surroundings.js'
import type {Reading} from '../command/reading.js'
import type {MemoryReport} from '../command/report.js'
import type {Format} from '../command/request.js'
import {formatCsv} from './csv.js'
import {formatMarkdown} from './markdown.js'
import {formatText} from './text.js'

const MOST_WIDTH = 110

/** The report as it goes to stdout: with a chart on a terminal, in colours where stdout takes them. */
export function formatReport(report: MemoryReport, {facts, recording}: Reading, format: Format): string {
  if (format === 'csv') return formatCsv(report)
  if (format === 'markdown') return formatMarkdown(report)
  const {env, stdout} = process
  const terminal = stdout.isTTY === true && env.TERM !== 'dumb' && !inCi(env) && stdout.columns >= 40
  return formatText(report, recording, {
    paint: paintFor(wantsColour(stdout, env)),
    width: terminal ? Math.min(MOST_WIDTH, stdout.columns - 1) : MOST_WIDTH,
    now: Date.now(),
    ...(terminal ? {rows: stdout.rows} : {}),
    releases: facts?.releases ?? [],
  })
}
