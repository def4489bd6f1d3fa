import type {Ground} from './ground.js'
import {probe} from './prober.js'
import {PROJECT} from './project.js'
import type {Row, Side} from './row.js'
import {timed} from './timed.js'
import {WINDOW, type WindowCorner, windowCorner} from './window-app.js'
import {scripts, typed} from './window-scripts.js'

const LATENCY_MS = 50
/** Every dyno unpacks its image here: with a small one the boot is what it is given to be. */
const SMALL = {buildSeconds: WINDOW.buildSeconds, vendorMb: 4}
const SCRIPTS = scripts()
const NAMES = ['ours', 'classic', 'careful', 'restorePoint'] as const

/** The ship with a migration in a window, against the two scripts, at two latencies. */
export function windowRows(ground: Ground): Row[] {
  const corners = new Map<string, WindowCorner>()
  const before = async (): Promise<void> => {
    for (const name of NAMES) {
      if (corners.has(name)) continue
      const who = name === 'ours' || name === 'restorePoint' ? 'ours' : 'stock'
      const plan = name === 'restorePoint' ? 'standard-0' : 'essential-1'
      corners.set(name, await windowCorner(ground, who, `window-${name.toLowerCase()}`, {...SMALL, plan}))
    }
  }
  const row = (id: string, latencyMs: number): Row => {
    const [ours, ...others] = NAMES.map((name): Side => ({
      name: SCRIPTS[name].name,
      async run(round) {
        const corner = corners.get(name)!
        await corner.project.change(`${id} ${name} ${round}`)
        return timedWindow(ground, corner, latencyMs, SCRIPTS[name].commands)
      },
    }))
    return {
      id,
      title: `Ship web and worker with a migration, answers ${latencyMs} ms late`,
      given: givenOf(latencyMs),
      before,
      sides: [ours!, ...others],
    }
  }
  return [
    {...row('window', 0), atMost: 2},
    {...row('window-latency', LATENCY_MS), warm: true, atMost: 1},
  ]
}

/** `downtime` is what an outside prober of the router saw. */
async function timedWindow({heroku}: Ground, corner: WindowCorner, latencyMs: number, commands: string[][]) {
  const {app} = corner
  const outside = probe(corner.url)
  let said = ''
  const {end, figures} = await timed(heroku, app, latencyMs, async () => {
    for (const command of commands) said = await corner.cli([...command, '--app', app])
  }).catch(async (error: unknown) => {
    await outside.stop().catch(() => {})
    throw error
  })
  const downtime = await outside.stop()
  const {configVars, ...world} = end as {configVars: string}
  return {
    figures: {downtime, ...figures, ...phasesIn(said)},
    end: {
      ...world,
      configVars: configVars === corner.configVars ? 'as before' : 'others',
      schema: await corner.schema(),
    },
  }
}

const givenOf = (latencyMs: number): string =>
  [
    `context ${SMALL.vendorMb} MB on a base of ${PROJECT.baseMb} MB`,
    `RUN behind the changed line ${WINDOW.buildSeconds} s`,
    `web boots ${WINDOW.bootSeconds} s`,
    `${WINDOW.workers} workers drain ${WINDOW.drainSeconds} s each`,
    `a real PostgreSQL of ${WINDOW.rows} rows, whose backup takes at least ${WINDOW.backupSeconds} s`,
    `migration ${WINDOW.migrationSeconds} s and a rewrite of its table`,
    `every answer of API and registry ${latencyMs} ms late`,
    ...NAMES.map((name) => `${SCRIPTS[name].name} = \`${typed(SCRIPTS[name])}\``),
  ].join('; ')

/** The phases of `pipeline:ship --json`, ms by step. */
function phasesIn(said: string): Record<string, number> {
  if (!said.startsWith('{')) return {}
  const {phases} = JSON.parse(said) as {phases: Array<{step: string; ms: number}>}
  return Object.fromEntries(phases.map(({ms, step}) => [`… ${step}`, ms]))
}
