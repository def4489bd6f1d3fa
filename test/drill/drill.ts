import {appendFile, readFile} from 'node:fs/promises'

import pLimit from 'p-limit'

import {openCli} from './cli.js'
import {extentOf} from './extent.js'
import {judge} from './judge.js'
import type {Outcome} from './page.js'
import {allPoints, nameOf, type Point, sampleOf} from './point.js'
import {type Tried, tryPoint} from './try-point.js'

/** What is drilled. `over`: once it aborts no point begins any more. `plugin`: folder of another plugin than this one. */
export type Drill = {
  seed: number
  points: number | 'all'
  only?: string
  beside: number
  over?: AbortSignal
  plugin?: string | undefined
  /** File of outcomes, one a line: those of before count, and new ones are added. */
  log?: string | undefined
  say(line: string): void
}

/** Drills, and tells each point's outcome as it comes. A point that throws is a violation. */
export async function drill({beside, log, only = '', plugin, points, say, seed, over}: Drill) {
  const cli = openCli()
  const all = allPoints(await extentOf(cli, plugin), seed)
  const named = all.filter((point) => nameOf(point).includes(only))
  const chosen = points === 'all' ? named : sampleOf(named, points)
  say(`seed ${seed}: ${chosen.length} of ${all.length} points`)

  const limit = pLimit(beside)
  const possible = new Set(all.map((point) => nameOf(point)))
  const outcomes = (await readLog(log)).filter(({point}) => possible.has(nameOf(point)))
  const known = new Set(outcomes.map(({point}) => nameOf(point)))
  const one = async (point: Point): Promise<void> => {
    if (over?.aborted || known.has(nameOf(point))) return
    const begun = Date.now()
    const {outcome, tried} = await outcomeOf(point, () => tryPoint(point, cli, plugin))
    outcomes.push(outcome)
    if (log) await appendFile(log, `${JSON.stringify(outcome)}\n`)
    const took = `${((Date.now() - begun) / 1000).toFixed(1)} s`
    const what = outcome.wrong.length > 0 ? `VIOLATION\n${[...outcome.wrong, storyOf(tried)].join('\n')}` : 'well'
    say(
      `${outcomes.length}/${chosen.length} ${nameOf(point)} (${took}): ${outcome.came ? '' : 'did not come, '}${what}`,
    )
  }
  await Promise.all(chosen.map((point) => limit(() => one(point))))
  return {outcomes, possible: all.length}
}

async function readLog(log: string | undefined): Promise<Outcome[]> {
  const text = log ? await readFile(log, 'utf8').catch(() => '') : ''
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Outcome)
}

async function outcomeOf(point: Point, run: () => Promise<Tried>): Promise<{outcome: Outcome; tried?: Tried}> {
  try {
    const tried = await run()
    const {died, struck} = tried
    return {outcome: {point, came: died.signal === 'SIGKILL', struck, wrong: judge(point, tried)}, tried}
  } catch (error) {
    return {
      outcome: {point, came: true, wrong: [error instanceof Error ? (error.stack ?? error.message) : String(error)]},
    }
  }
}

function storyOf(tried: Tried | undefined): string {
  if (!tried) return ''
  const typed = tried.done.map(({code, command, said}) => `$ ${command}\n${said}=> ${code}`)
  return ['--- the run', tried.died.stderr, ...typed].join('\n')
}
