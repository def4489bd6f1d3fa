import {expectedDynos} from '../../app/dyno-health.js'
import {listOf} from '../../app/words.js'
import type {Step, StepContext} from '../../run/step.js'
import {EXIT_MS} from '../drain-ledger.js'
import {openTail} from '../drain-tail.js'
import type {WindowFacts} from '../facts.js'
import {watchOldProcesses} from '../old-processes.js'
import type {WindowServices} from '../services.js'

const LOOK_MS = 250
/** An exit and the crash that it belongs to are two lines: what they add up to has to stand for so long. */
const STANDS_MS = 1500

/**
 * After a release and before the migration: the old code of what stayed up must be gone, not only replaced in the list
 * (design §4.7). The log proves it; where it can't, nothing lives longer than 35 s (platform-facts §3.5).
 */
export function waitForOldGone(facts: WindowFacts): Step<WindowServices, null, void> {
  const {formation, notUp} = facts.state
  const before = expectedDynos(formation.filter(({type}) => facts.keptUp.includes(type)))
  const dynos = before.filter((name) => !notUp.some((state) => state.startsWith(`${name} `)))
  return {
    id: 'old-gone',
    title: `Wait until the processes of v${facts.state.current?.version} have exited`,
    failsAs: 'opening',
    async run(_seen, ctx) {
      const released = ctx.resultOf('release') as {createdAt: string} | undefined
      if (dynos.length > 0 && released) await waitUntilGone(facts.app.name, dynos, Date.parse(released.createdAt), ctx)
    },
  }
}

async function waitUntilGone(
  app: string,
  dynos: string[],
  since: number,
  ctx: StepContext & WindowServices,
): Promise<void> {
  const {clock, signal} = ctx
  const deadline = clock.now() + EXIT_MS
  const processes = watchOldProcesses(dynos, since)
  const tail = openTail(app, ctx, (line) => processes.note(line))
  let goneSince: number | undefined
  try {
    while (clock.now() < deadline) {
      const waiting = processes.blind ? dynos : processes.waitingFor()
      goneSince = waiting.length > 0 ? undefined : (goneSince ?? clock.now())
      if (goneSince !== undefined && clock.now() - goneSince >= STANDS_MS) return
      if (waiting.length > 0) ctx.progress({message: `waiting for the old ${listOf(waiting)}`})
      await clock.sleep(LOOK_MS, signal)
    }
  } finally {
    await tail.close()
  }
}
