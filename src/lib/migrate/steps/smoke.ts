import type {Step} from '../../run/step.js'
import type {WindowFacts} from '../facts.js'
import {runCommand} from '../one-off/run-command.js'
import {shown} from '../one-off/words.js'
import type {WindowServices} from '../services.js'

/** A test that says whether an app is fit to be let in on does not take longer. */
const SMOKE_MS = 10 * 60_000

/** Runs the smoke test in a dyno, on the code and the schema of now: the gate before anyone is let in (design §4.10). */
export function runSmoke(facts: WindowFacts): Step<WindowServices, null, {dyno: string; ms: number}> {
  const {app, smoke: command} = facts
  if (!command) throw new Error('There is no smoke test')
  return {
    id: 'smoke',
    title: `Run the smoke test ${shown(command)}`,
    failsAs: 'unhealthy',
    run: (_seen, ctx) => runCommand({app: app.name, command, timeoutMs: SMOKE_MS}, ctx),
    summary: ({dyno}) => dyno,
  }
}
