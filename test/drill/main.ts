import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {parseArgs} from 'node:util'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import {drill} from './drill.js'
import {pageOf} from './page.js'
import {newSeed} from './point.js'

/** So many when nobody says: some of each kind. */
const SOME = 48

async function main(): Promise<number> {
  const {values} = parseArgs({
    options: {
      seed: {type: 'string'},
      points: {type: 'string'},
      only: {type: 'string'},
      beside: {type: 'string', default: '2'},
      minutes: {type: 'string'},
      log: {type: 'string'},
      plugin: {type: 'string'},
      walk: {type: 'boolean'},
    },
  })
  const {beside, log, minutes, only, plugin} = values
  if (values.walk) {
    const {recordWalk} = await import('./walk.js')
    await recordWalk(plugin)
    return 0
  }

  const points = values.points === 'all' ? 'all' : Number(values.points ?? SOME)
  const seed = values.seed === undefined ? newSeed() : Number(values.seed)
  const over = new AbortController()
  const stop = (): void => over.abort()
  // What is under way comes to its end: its dynos are processes.
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  if (minutes !== undefined) setTimeout(stop, Number(minutes) * 60_000).unref()
  const {outcomes, possible} = await drill({
    seed,
    points,
    beside: Number(beside),
    plugin,
    log,
    ...(only === undefined ? {} : {only}),
    over: over.signal,
    say: (line) => console.log(line),
  })
  const wrong = outcomes.filter((one) => one.wrong.length > 0).length
  console.log(`seed ${seed}: ${outcomes.length} points, ${wrong} violations`)
  if (points === 'all' && only === undefined) {
    await writeFile(path.join(projectRoot, 'docs/crash-drill.md'), pageOf(outcomes, {possible, seed}))
    console.log('Wrote docs/crash-drill.md')
  }

  return wrong > 0 ? 1 : 0
}

process.exitCode = await main()
