import {type End, endOf} from '../app/conduct.js'
import type {Outcome} from '../run/events.js'
import {runPlan} from '../run/runner.js'
import type {RunExitCode} from '../run/exit-codes.js'
import {StepError} from '../run/errors.js'
import type {Redact} from '../run/redact.js'
import type {Run} from '../run/run.js'
import type {PolicyRow, Step} from '../run/step.js'
import {runHook} from './run-hook.js'

const HOOK_MS = 5 * 60_000
/** GitHub Actions kills 10 s after its first signal, and undoing comes first. */
const HURRIED_MS = 5000
const LONGEST_MESSAGE = 8192

/** What a hook is told in its environment, besides the one this process has. */
export type HookFacts = {app: string; command: string; run: string}

/** How the run ended, for `--after`. `release` is the version that runs now, if the run knows it. */
export type HookOutcome = {outcome: Outcome; exitCode: RunExitCode; message: string; release?: number}

/**
 * `--before COMMAND`, the first step of the first plan: when it fails, nothing else happens. Its text is in no title, fact or
 * journal, because people write tokens into such commands.
 */
export function runBefore(command: string, facts: HookFacts): Step<object, null, void> {
  return {
    id: 'before',
    title: 'Run the --before command',
    failsAs: 'before',
    async run(_seen, {log, signal}) {
      const end = await runHook({command, env: envOf(facts), timeoutMs: HOOK_MS, signal, onLine: (line) => log(line)})
      if (end.ok) return
      signal.throwIfAborted()
      throw new StepError('before', `The --before command ${end.said}`)
    },
  }
}

/** The row of a plan's failure policy that `runBefore` fails as. */
export const beforeRow = (app: string): PolicyRow => ({
  when: 'the --before command fails',
  world: 'untouched',
  action: 'undo',
  exit: 1,
  says: `Nothing of ${app} was touched.`,
})

/**
 * `--after COMMAND`, once the outcome stands and before it is told: whatever comes of the command, the outcome stays. Its
 * environment has SHIP_OUTCOME, SHIP_EXIT_CODE, SHIP_MESSAGE, SHIP_APP, SHIP_COMMAND, SHIP_RUN and SHIP_RELEASE (`v42`, or empty).
 * Never throws.
 */
export async function runAfter(
  command: string,
  facts: HookFacts,
  end: HookOutcome,
  {redact, run}: {redact: Redact; run: Run},
): Promise<void> {
  const about = {step: 'after', title: 'Run the --after command'}
  const started = run.clock.now()
  run.emit({type: 'step-started', ...about})
  // After an interruption the command still has to tell somebody, in what time there is.
  const hurried = run.interruptedBy() !== undefined
  const ended = await runHook({
    command,
    env: {...envOf(facts), ...outcomeEnv(end, redact)},
    timeoutMs: hurried ? HURRIED_MS : HOOK_MS,
    signal: hurried ? new AbortController().signal : run.signal,
    onLine: (line) => run.emit({type: 'step-log', step: about.step, line}),
  })
  const ms = run.clock.now() - started
  if (ended.ok) return run.emit({type: 'step-succeeded', ...about, ms})
  run.emit({type: 'step-failed', ...about, ms, message: `it ${ended.said}; the outcome stays as it is`})
}

/** The user's own environment; a token of Heroku is in it only where the user has put it there. */
function envOf({app, command, run}: HookFacts): NodeJS.ProcessEnv {
  return {...process.env, SHIP_APP: app, SHIP_COMMAND: command, SHIP_RUN: run}
}

function outcomeEnv({exitCode, message, outcome, release}: HookOutcome, redact: Redact): NodeJS.ProcessEnv {
  return {
    SHIP_OUTCOME: outcome,
    SHIP_EXIT_CODE: String(exitCode),
    // No environment can hold a zero byte, nor a text without end.
    SHIP_MESSAGE: redact(message).replaceAll('\0', '').slice(0, LONGEST_MESSAGE),
    SHIP_RELEASE: release === undefined ? '' : `v${release}`,
  }
}

/** What `--before` and `--after` say. */
export type Hooks = {after?: string; before?: string}

/** The hooks of a command, as `conductRun` takes them. */
export function hooksFor(
  {after, before}: Hooks,
  about: {app: string; command: string},
  {redact}: {redact: Redact},
): {after?: (end: End, run: Run) => Promise<void>; before?: (run: Run) => Promise<End | undefined>} {
  return {
    ...(before && {before: (run: Run) => endOfBefore(before, {...about, run: run.id}, run)}),
    ...(after && {
      after: (end: End, run: Run) => runAfter(after, {...about, run: run.id}, withRelease(end, run), {redact, run}),
    }),
  }
}

async function endOfBefore(command: string, facts: HookFacts, run: Run): Promise<End | undefined> {
  const plan = {name: 'before', steps: [runBefore(command, facts)], policy: {before: beforeRow(facts.app)}}
  const verdict = await runPlan(plan, {}, run, null)
  return verdict.outcome === 'done' ? undefined : endOf(verdict, {not: 'Nothing was done', nothing: ''})
}

function withRelease(end: End, run: Run): HookOutcome {
  const released = run.results.get('release') as {version: number} | undefined
  return {...end, ...(released ? {release: released.version} : {})}
}
