import pLimit from 'p-limit'

import {openCli} from './cli.js'
import {extentOf} from './extent.js'
import {judge} from './judge.js'
import type {Outcome} from './page.js'
import {allPoints, nameOf, type Point, sampleOf} from './point.js'
import {type Tried, tryPoint} from './try-point.js'

/** What is drilled. `until`: no point begins after it, ms since the epoch. `plugin`: folder of another plugin than this one. */
export type Drill = {
  seed: number
  points: number | 'all'
  only?: string
  beside: number
  until?: number
  plugin?: string | undefined
  say(line: string): void
}

/** Drills, and tells each point's outcome as it comes. A point that throws is a violation. */
export async function drill({beside, only = '', plugin, points, say, seed, until = Infinity}: Drill) {
  await using cli = await openCli()
  const all = allPoints(await extentOf(cli, plugin), seed)
  const named = all.filter((point) => nameOf(point).includes(only))
  const chosen = points === 'all' ? named : sampleOf(named, points)
  say(`seed ${seed}: ${chosen.length} of ${all.length} points`)

  const limit = pLimit(beside)
  const outcomes: Outcome[] = []
  const one = async (point: Point): Promise<void> => {
    if (Date.now() > until) return
    const begun = Date.now()
    const {outcome, tried} = await outcomeOf(point, () => tryPoint(point, cli, plugin))
    outcomes.push(outcome)
    const took = `${((Date.now() - begun) / 1000).toFixed(1)} s`
    const what = outcome.wrong.length > 0 ? `VIOLATION\n${[...outcome.wrong, storyOf(tried)].join('\n')}` : 'well'
    say(
      `${outcomes.length}/${chosen.length} ${nameOf(point)} (${took}): ${outcome.came ? '' : 'did not come, '}${what}`,
    )
  }
  await Promise.all(chosen.map((point) => limit(() => one(point))))
  return {outcomes, possible: all.length}
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
