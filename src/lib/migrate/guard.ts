import {findCurrent} from '../app/find-release.js'
import {describeError} from '../heroku/errors.js'
import type {ProcessType, Release} from '../heroku/types.js'
import {abortable} from '../run/abortable.js'
import {StepError} from '../run/errors.js'
import type {Json, Step, StepContext} from '../run/step.js'
import {readDynos, restless, scaleToZero, tellBroughtBack} from './drain.js'
import {openLedger} from './drain-ledger.js'
import {openTail} from './drain-tail.js'
import type {WindowFacts} from './facts.js'
import type {WindowServices} from './services.js'

type Context = StepContext & WindowServices

/** The newest version that may be current without being somebody else's. */
type Expected = (ctx: Context) => number

const EVERY_MS = 10_000
const READ_AGAIN_MS = 3000
/** Nothing begins that nobody guards. */
const FIRST_READ_MS = 60_000
/** Whoever brings a type back this often before anything has begun has to be stopped by a person. */
const TIMES = 5

/**
 * The step with the window guarded: before it begins and while it runs, types that somebody brings back are set to 0 again and
 * named; a release of somebody else keeps it from beginning, and fails it once it has ended (design §4.5). `expected` is the version
 * that may be current; without it, the one that this run released, else the one that was current in preflight. `lookAfter`: false
 * where the next step looks before it does anything.
 */
export function withGuard<Seen extends Json, Result extends Json | void>(
  step: Step<WindowServices, Seen, Result>,
  facts: WindowFacts,
  expected: Expected = (ctx) => expectedVersion(facts, ctx),
  {lookAfter = true} = {},
): Step<WindowServices, Seen, Result> {
  return {
    ...step,
    async look(ctx) {
      // Here and not in run: a pivot that has not begun can be stopped without a trace.
      await makeSure(facts, expected(ctx), ctx)
      return (await step.look?.(ctx)) as Seen
    },
    run: (seen, ctx) =>
      guarded(
        facts,
        ctx,
        () => step.run(seen, ctx),
        () => expected(ctx),
        {lookAfter},
      ),
  }
}

/**
 * Watches the window while `work` goes on, every 10 s. Reads that fail are nobody's business; what was brought back and is set to 0
 * is waited for, also when `work` ends meanwhile.
 * @throws what `work` throws; StepError `foreign`, after it has ended well, when somebody else released
 */
export async function guarded<T>(
  facts: WindowFacts,
  ctx: Context,
  work: () => Promise<T>,
  expected: () => number,
  {lookAfter = true} = {},
): Promise<T> {
  const over = new AbortController()
  const watching = watch(facts, expected, AbortSignal.any([ctx.signal, over.signal]), ctx)
  let foreign: Release | undefined
  let result: T
  try {
    result = await work()
  } finally {
    over.abort()
    foreign = await watching
  }

  // What came back a moment before the end booted on the old schema, and nothing after this would restart it.
  if (lookAfter) foreign ??= await lookOnce(facts, expected(), ctx.signal, ctx)
  if (foreign) throw foreignError(foreign)
  return result
}

/** Ends with `stop`; resolves with the release of somebody else, if one came. */
async function watch(
  facts: WindowFacts,
  expected: () => number,
  stop: AbortSignal,
  ctx: Context,
): Promise<Release | undefined> {
  let foreign: Release | undefined
  while (await passes(EVERY_MS, stop, ctx)) {
    const seen = await lookOnce(facts, expected(), stop, ctx)
    if (seen && !foreign) ctx.warn(`${wordsOf(seen)} What is under way comes to its end first.`)
    foreign ??= seen
  }

  return foreign
}

/** Keeps down what comes back; resolves with the release of somebody else, if there is one. A read that fails says nothing. */
async function lookOnce(
  facts: WindowFacts,
  expected: number,
  stop: AbortSignal,
  ctx: Context,
): Promise<Release | undefined> {
  const read = await readWindow(facts, stop, ctx).catch(() => undefined)
  if (!read) return undefined
  try {
    await keepDown(facts, read.formation, ctx)
  } catch (error) {
    if (!ctx.signal.aborted) ctx.warn(`What was brought back is not at 0 again: ${describeError(error)}`)
  }

  return findForeign(read.releases, expected, facts)
}

async function passes(ms: number, stop: AbortSignal, {clock}: Context): Promise<boolean> {
  return clock.sleep(ms, stop).then(
    () => true,
    () => false,
  )
}

/**
 * One good read before anything begins, and everything at 0.
 * @throws StepError `foreign`; `opening` when the platform can't be read, or a type is brought back again and again
 */
async function makeSure(facts: WindowFacts, expected: number, ctx: Context): Promise<void> {
  for (let time = 1; ; time++) {
    const {formation, releases} = await readSurely(facts, ctx)
    const foreign = findForeign(releases, expected, facts)
    if (foreign) throw foreignError(foreign)
    const back = await keepDown(facts, formation, ctx)
    if (!back) return
    if (time >= TIMES) throw restless(Object.keys(back))
  }
}

async function readSurely(facts: WindowFacts, ctx: Context): Promise<{formation: ProcessType[]; releases: Release[]}> {
  const deadline = ctx.clock.now() + FIRST_READ_MS
  for (;;) {
    try {
      return await readWindow(facts, ctx.signal, ctx)
    } catch (error) {
      ctx.signal.throwIfAborted()
      if (ctx.clock.now() >= deadline) {
        throw new StepError('opening', `Can't see whether the window is still closed: ${describeError(error)}`)
      }

      await ctx.clock.sleep(READ_AGAIN_MS, ctx.signal)
    }
  }
}

async function readWindow(
  {app: {name}, down}: WindowFacts,
  signal: AbortSignal,
  {platform}: Context,
): Promise<{formation: ProcessType[]; releases: Release[]}> {
  const nothingDown = Object.keys(down).length === 0
  const reads = Promise.all([nothingDown ? [] : platform.formation(name), platform.newestReleases(name, 5)])
  const [formation, releases] = await abortable(reads, signal)
  return {formation, releases}
}

/** Sets to 0 what was brought back, and waits for its processes; with what it had been brought back to, if it was. */
async function keepDown(
  {app: {name: app}, down}: WindowFacts,
  formation: ProcessType[],
  ctx: Context,
): Promise<Record<string, number> | undefined> {
  const back = formation.filter(({quantity, type}) => quantity > 0 && type in down)
  if (back.length === 0) return undefined
  const quantities = Object.fromEntries(back.map(({quantity, type}) => [type, quantity]))
  const ledger = openLedger()
  const tail = openTail(app, ctx, (line) => ledger.note(line))
  try {
    const dynos = await readDynos(app, Object.keys(quantities), ctx)
    await scaleToZero({app, quantities, dynos}, ledger, ctx)
    tellBroughtBack(quantities, ledger, ctx)
  } finally {
    await tail.close()
  }

  return quantities
}

/**
 * A release that is not ours: current and newer than it may be, or pending and not there in preflight, as a release phase of
 * somebody else is a migration beside ours.
 */
function findForeign(releases: Release[], expected: number, {state}: WindowFacts): Release | undefined {
  const current = findCurrent(releases)
  if (current && current.version > expected) return current
  const known = Math.max(expected, state.newest)
  return releases.find(({status, version}) => status === 'pending' && version > known)
}

function foreignError(release: Release): StepError {
  return new StepError('foreign', wordsOf(release))
}

function wordsOf({description, user, version}: Release): string {
  return `Somebody else released meanwhile: v${version} by ${user} (${description}).`
}

function expectedVersion({state}: WindowFacts, {resultOf}: Context): number {
  const released = resultOf('release') as {version: number} | undefined
  return released?.version ?? state.current?.version ?? 0
}
