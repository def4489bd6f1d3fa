import {readFile, writeFile} from 'node:fs/promises'
import {cpus, loadavg, type as system, release} from 'node:os'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

import {prepareGround, type Ground} from './ground.js'
import {measure} from './measure.js'
import {prepareMemory} from './memory.js'
import {formatResults} from './results.js'
import type {Measured} from './row.js'
import {allRows} from './rows.js'
import {whatIsLeft} from './window-left.js'
import {judge} from './targets.js'

const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    // Ids of rows, comma-separated; the results are then only printed,
    only: {type: 'string'},
    // unless they are to be written all the same.
    write: {type: 'boolean', default: false},
  },
})
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const say = (text: string): void => void process.stderr.write(`${text}\n`)

function circumstancesOf(ground: Ground | void, load: number): Record<string, string> {
  const all = cpus()
  return {
    machine: `${all.length} cores (${all[0]?.model.trim()}), ${system()} ${release()}`,
    'load before': `${load.toFixed(2)}${load > all.length / 2 ? ': **not quiet**' : ''}`,
    ...(ground?.versions ?? {'Node.js': process.versions.node}),
    platform: 'the local Heroku (docs/local-heroku.md) at --speed 1, behind TLS, for all sides alike',
    order: 'sides in turn, A B A B; one round warms up and is not counted; medians with (min..max)',
    'end states':
      'compared in every round: formation, dynos, releases, config vars, features, and of the images command, environment and files ' +
      '(the changed line masked; without labels, times, history)',
    figures:
      'total: until the command returned; current: until the release was current; up: until all dynos of it were up, seen from outside',
  }
}

async function run(): Promise<void> {
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) {
    say(`--rounds takes a whole number from 1 on, not ${values.rounds}.`)
    process.exitCode = 2
    return
  }
  const load = loadavg()[0] ?? 0
  const only = values.only?.split(',')
  // Rows about archives need no platform.
  const needsGround = !only || only.some((id) => !id.startsWith('memory-'))
  if (needsGround) say('Preparing: engine, local Heroku, base image, two apps…')
  const memory = await prepareMemory()
  const preparing = needsGround ? prepareGround() : Promise.resolve(undefined)
  // A ground that is half prepared takes itself back.
  const stop = () =>
    void preparing
      .then(
        (ground) => ground?.remove(),
        () => {},
      )
      .finally(() => memory.remove())
      .finally(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const ground = await preparing.catch((error: Error) => {
    say(`${error.message}.`)
    process.exitCode = 1
  })
  if (needsGround && !ground) return memory.remove()
  try {
    const rows: Measured[] = []
    for (const row of [...(ground ? allRows(ground) : []), ...memory.rows]) {
      if (!only || only.includes(row.id)) rows.push(await measure(row, rounds, say))
    }
    const left = ground && (!only || only.includes('left')) ? await whatIsLeft(ground, say) : []
    const results = {
      date: new Date().toISOString().slice(0, 10),
      circumstances: circumstancesOf(ground, load),
      verdicts: judge(rows),
      rows,
      left,
    }
    const text = formatResults(results, await readFile(here('NOTES.md'), 'utf8'))
    if (only && !values.write) {
      process.stdout.write(text)
    } else {
      await writeFile(here('results.json'), `${JSON.stringify(results, undefined, 2)}\n`)
      await writeFile(here('RESULTS.md'), text)
      say('Written: bench/RESULTS.md, bench/results.json')
    }
    if (rows.some(({refused}) => refused)) process.exitCode = 1
  } finally {
    await memory.remove()
    await ground?.remove()
  }
}

await run()
