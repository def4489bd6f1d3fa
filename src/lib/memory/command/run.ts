import {access, constants, stat, writeFile} from 'node:fs/promises'

import {messageOf} from '../../run/errors.js'
import type {MemoryServices} from '../sources/services.js'
import type {Comparison} from '../types.js'
import {formatSvg} from '../views/svg.js'
import {journaledBaselines} from './baselines.js'
import {compareApp, compareArchives, compareRecorded} from './comparing.js'
import {readApp, readFiles, type Reading, refuseNothing} from './reading.js'
import {type MemoryReport, reportOf} from './report.js'
import type {MemoryRequest} from './request.js'

/** Where everything comes from. `services`: as soon as an app is asked about. */
export type Asked = {
  request: MemoryRequest
  services: () => Promise<MemoryServices>
  signal: AbortSignal
  /** Of the CLI, where journals are. */
  dataDir: string
  now: number
}

/** What is wrong with the files that are named, each with its flag. */
export async function fileProblems({chart, compare, files}: MemoryRequest): Promise<string[]> {
  const compared = compare?.what === 'files' ? [compare.before, compare.after] : []
  const named = [
    ...(files ?? []).map((file) => ({flag: '--from', file})),
    ...compared.map((file) => ({flag: '--compare', file})),
  ].filter(({file}) => file !== '-')
  const problems = await Promise.all(
    named.map(async ({file, flag}) => {
      try {
        await access(file, constants.R_OK)
        return (await stat(file)).isDirectory() ? [`${flag} ${file} is a folder, not a file`] : []
      } catch (error) {
        const {code} = error as NodeJS.ErrnoException
        return [`${flag} ${file}: ${code === 'ENOENT' ? 'there is no such file' : messageOf(error)}`]
      }
    }),
  )
  const folder = chart !== undefined && (await stat(chart).catch(() => undefined))?.isDirectory()
  return [...problems.flat(), ...(folder ? [`--chart ${chart} is a folder, not a file`] : [])]
}

/**
 * Reads, compares, judges and draws what was asked for.
 * @throws Refused when there is no answer; ArchiveUnreadable; PlatformError, Unreadable; an error of the file of the chart
 */
export async function answerMemory(asked: Asked): Promise<{report: MemoryReport; reading: Reading}> {
  const {now, request} = asked
  const {app, budget, chart} = request
  const {comparison, reading} = await read(asked)
  refuseNothing(reading)
  const name = reading.facts?.app.name ?? app
  const report = reportOf(reading, {
    ...(name === undefined ? {} : {app: name}),
    ...(budget ? {budget} : {}),
    ...(comparison ? {comparison} : {}),
    ...(chart === undefined ? {} : {chart}),
  })
  if (chart !== undefined) {
    const title = name === undefined ? 'Memory' : `Memory of ${name}`
    const {diagnosis} = report
    await writeFile(
      chart,
      formatSvg(reading.recording, {diagnosis, now, title, releases: reading.facts?.releases ?? []}),
    )
  }

  return {report, reading}
}

async function read({dataDir, request, services, signal}: Asked): Promise<{comparison?: Comparison; reading: Reading}> {
  const {app, compare, files} = request
  if (compare?.what === 'files') return compareArchives(compare, signal)
  if (files) {
    const reading = await readFiles(files, {
      signal,
      ...(app === undefined ? {} : {app, services: await services()}),
    })
    return compare ? compareRecorded(reading, compare) : {reading}
  }

  const name = app!
  if (!compare) return {reading: await readApp(await services(), name)}
  return compareApp(await services(), name, compare, journaledBaselines(dataDir, name))
}
