import type {Dyno} from '../heroku/types.js'
import {abortable} from '../run/abortable.js'
import {StepError} from '../run/errors.js'
import type {StepContext} from '../run/step.js'
import {type DrainLedger, EXIT_MS, type Scaling} from './drain-ledger.js'
import {typeOfDyno} from './drain-names.js'
import {makeSo, OPENING_MS} from './make-so.js'
import type {WindowServices} from './services.js'

type Context = StepContext & WindowServices

/** A dyno as it was listed before its type went to 0. */
export type DynoSeen = Pick<Dyno, 'createdAt' | 'name' | 'state'>

/** Types with what they ran, and the dynos that were listed then. */
export type Draining = {app: string; quantities: Record<string, number>; dynos: DynoSeen[]}

/** How often the log is asked, which costs nothing, and the platform, which does. */
const LOOK_MS = 250
const LIST_MS = 3000
/** Several times what a process is given: after that something else is wrong. */
const DEADLINE_MS = 3 * 60_000
/** Whatever brings a type back this often has to be stopped by a person. */
const PATIENCE = 5

/** The dynos of these types, as they are listed now. */
export async function readDynos(app: string, types: string[], {platform}: Context): Promise<DynoSeen[]> {
  const dynos = await platform.dynos(app)
  return dynos
    .filter(({name}) => types.includes(typeOfDyno(name) ?? ''))
    .map(({createdAt, name, state}) => ({createdAt, name, state}))
}

/** Sets types that are not to 0 and reads that they are. @throws as `makeSo` */
function setToZero(app: string, types: string[], ctx: Context): Promise<void> {
  return makeSo(
    {
      async isSo() {
        const formation = await ctx.platform.formation(app)
        return formation.every(({quantity, type}) => quantity === 0 || !types.includes(type))
      },
      set: () => ctx.platform.scale(app, Object.fromEntries(types.map((type) => [type, 0]))),
      notSo: true,
      patienceMs: OPENING_MS,
    },
    ctx,
  )
}

/**
 * Sets the types to 0 and waits until every process of theirs has exited, not only left `GET /dynos` (platform-facts §3.5): as
 * the log proves it, or 35 s after they were told to end, when they are off the list. `ledger` is fed from a log that was opened before. Types that
 * somebody brings back meanwhile are set to 0 again and told of.
 * @returns dynos that had to be killed
 * @throws StepError `opening` when they do not go
 */
export async function scaleToZero(
  {app, dynos, quantities}: Draining,
  ledger: DrainLedger,
  ctx: Context,
): Promise<{killed: string[]}> {
  const types = Object.keys(quantities)
  const seen = new Map(dynos.map((dyno) => [dyno.name, dyno]))
  const expected = {...quantities}
  const answered = new Set<Scaling>()
  const tell = teller(ctx)
  let terminations = 0
  const broughtBack: string[] = []

  await setToZero(app, types, ctx)
  let setAt = ctx.clock.now()
  const deadline = setAt + DEADLINE_MS
  for (;;) {
    const waitingFor = unproven(expected, seen, ledger)
    if (waitingFor.length === 0) break
    tell(waitingFor)
    if (ledger.terminations(types) > terminations) setAt = ctx.clock.now()
    terminations = ledger.terminations(types)
    const overdue = ctx.clock.now() - setAt >= EXIT_MS
    const scalings = types.flatMap((type) => ledger.scaling(type) ?? [])
    const news = scalings.filter((scaling) => scaling.quantity > 0 && !answered.has(scaling))
    for (const scaling of news) answered.add(scaling)
    if (overdue || news.length > 0) {
      const back = await bringDown(app, types, ledger, ctx)
      if (back) {
        broughtBack.push(...Object.keys(back.quantities))
        Object.assign(expected, back.quantities)
        for (const dyno of back.dynos) seen.set(dyno.name, dyno)
        setAt = ctx.clock.now()
        if (broughtBack.length > PATIENCE) throw restless(broughtBack)
      } else if (overdue && (await isListEmpty(app, types, ctx))) break
    }

    if (ctx.clock.now() >= deadline) {
      const minutes = DEADLINE_MS / 60_000
      throw new StepError(
        'opening',
        `Not gone ${minutes} minutes after they were scaled to 0: ${waitingFor.join(', ')}`,
      )
    }

    await ctx.clock.sleep(overdue ? LIST_MS : LOOK_MS, ctx.signal)
  }

  tell([])
  const killed = ledger.killed().filter((name) => types.includes(typeOfDyno(name)!))
  for (const name of killed)
    ctx.warn(`${name} did not end within 30 s of SIGTERM and was killed: what it was at may be half done.`)
  return {killed}
}

/**
 * Sets to 0 again what somebody brought back, and tells who, if the log does. Undefined when nothing was brought back, and when
 * that can't be read.
 */
async function bringDown(
  app: string,
  types: string[],
  ledger: DrainLedger,
  ctx: Context,
): Promise<Omit<Draining, 'app'> | undefined> {
  const formation = await abortable(ctx.platform.formation(app), ctx.signal).catch(() => [])
  ctx.signal.throwIfAborted()
  const back = formation.filter(({quantity, type}) => quantity > 0 && types.includes(type))
  if (back.length === 0) return undefined
  const quantities = Object.fromEntries(back.map(({quantity, type}) => [type, quantity]))
  const dynos = await abortable(readDynos(app, Object.keys(quantities), ctx), ctx.signal).catch(() => [])
  await setToZero(app, types, ctx)
  tellBroughtBack(quantities, ledger, ctx)
  return {quantities, dynos}
}

/** Somebody does not give in. */
export function restless(types: string[]): StepError {
  return new StepError(
    'opening',
    `Brought back again and again: ${[...new Set(types)].join(', ')}. Turn off what scales it meanwhile.`,
  )
}

/** One warning a type. */
export function tellBroughtBack(quantities: Record<string, number>, ledger: DrainLedger, ctx: StepContext): void {
  for (const [type, quantity] of Object.entries(quantities)) {
    const by = ledger.scaledUp(type)?.by
    const who = by ? `${by} scaled ${type} to ${quantity}` : `Somebody scaled ${type} to ${quantity}`
    ctx.warn(`${who} while the window is open: it is set to 0 again.`)
  }
}

/**
 * Names of the dynos of which the log does not prove that they have exited. It must have told of the scaling itself: only then is
 * it known to have told all that came before.
 */
function unproven(expected: Record<string, number>, seen: Map<string, DynoSeen>, ledger: DrainLedger): string[] {
  const types = Object.keys(expected)
  const toldOf = types.some((type) => expected[type]! > 0)
  const names = types.flatMap((type) => {
    const all = Array.from({length: expected[type]!}, (_, index) => `${type}.${index + 1}`)
    if (!toldOf) return [type]
    return expected[type]! > 0 && ledger.scaling(type)?.quantity !== 0 ? all : all.filter((name) => !isOver(name))
  })
  return [...new Set([...names, ...ledger.running(types)])]

  function isOver(name: string): boolean {
    const dyno = seen.get(name)
    if (!dyno) return false
    return ['crashed', 'down', 'idle'].includes(dyno.state) || ledger.hasExited(dyno)
  }
}

async function isListEmpty(app: string, types: string[], ctx: Context): Promise<boolean> {
  const listed = await abortable(readDynos(app, types, ctx), ctx.signal).catch(() => undefined)
  ctx.signal.throwIfAborted()
  return listed?.length === 0
}

/** Tells which dynos drain, each once, and which no longer do. */
function teller(ctx: StepContext): (names: string[]) => void {
  let told: string[] = []
  return (names) => {
    for (const name of names) if (!told.includes(name)) ctx.progress({item: name, message: 'draining'})
    for (const name of told) if (!names.includes(name)) ctx.progress({item: name, message: 'exited', done: 'ok'})
    told = names
  }
}
