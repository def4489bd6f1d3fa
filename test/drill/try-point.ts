import {difference} from '../failures/difference.js'
import type {World} from '../platform/index.js'
import type {HerokuHome, HerokuProcess, HerokuResult} from '../real/heroku-cli.js'
import type {Cli} from './cli.js'
import {prepareDeath} from './die.js'
import {APP, type Counts, elsewhere, type Ground, openGround} from './ground.js'
import {becomePerson} from './person.js'
import type {Point} from './point.js'

/** A command that was typed after a death, and what it did: `wrote` to the platform, `changed` in the world. */
export type Typed = {command: string; code: number | null; said: string; wrote: string[]; changed: string[]}

/** What came of a death, seen from outside. */
export type Tried = {
  /** How the run ended: by SIGKILL, or, when the point did not come, by itself. */
  died: HerokuResult
  /** What was asked when it died. */
  struck: string | undefined
  /** Lines of the journal as it was found. */
  journal: string
  /** Everything that was typed to put it right, in its order. */
  done: Typed[]
  /** Why a person did not know what to do. */
  lost?: string
  /** What differed from before once it was dead, and what does in the end. */
  left: string[]
  differs: string[]
  counts: Counts
  /** The recover that finds nothing to do, and the next run's look at the app. */
  again: Typed
  next: Typed
  /** Where a secret was found. */
  told: string[]
}

type Type = (command: string[]) => Promise<HerokuProcess & {typed: Promise<Typed>}>

const RECOVER = ['heroku', 'pipeline:recover', '--app', APP]

/** Lets a process die at a point and has it put right. */
export async function tryPoint(point: Point, cli: Cli, plugin?: string): Promise<Tried> {
  await using ground = await openGround(point.command, {
    plugin,
    exit: point.fails ? 1 : 0,
    ...(point.long ? {lastsS: 3} : {}),
  })
  const before = ground.world()
  const death = await prepareDeath(point, ground.heroku, ground.folder)
  const process = await cli.start(ground.argv, ground, {home: ground.home, env: death.env})
  death.of(process)
  const died = await process.done
  await ground.settled()
  const left = differenceOf(before, ground.world())
  const journals = await ground.journals(ground.home)
  const home = point.way === 'with the journal' ? ground.home : await elsewhere(plugin)
  try {
    const done: Typed[] = []
    const type = typing(ground, home, cli)
    const lost = await putRight(point, died, type, done).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    await ground.settled()
    const counts = await ground.counts()
    const differs = differenceOf(before, ground.world())
    const last = done.at(-1)
    const again = last && didNothing(last) ? last : await (await type([...RECOVER, '--confirm', APP])).typed
    const [command = '', ...flags] = ground.argv
    const next = await (await type(['heroku', command, '--dry-run', ...flags])).typed
    const texts = [...done, again, next].map(({command: typed, said}) => [typed, said] as const)
    const told = await placesOf(ground, {
      ...journals,
      ...(await ground.journals(home)),
      'the run that died': died.stderr + died.stdout,
      ...Object.fromEntries(texts),
    })
    const journal = Object.values(journals)[0] ?? ''
    const all = {died, struck: death.struck(), journal, done, left, differs, counts, again, next, told}
    return lost === undefined ? all : {...all, lost}
  } finally {
    if (home !== ground.home) await home.remove()
  }
}

/** Types commands, and notes what each did. */
function typing(ground: Ground, home: HerokuHome, cli: Cli): Type {
  const {requests} = ground.heroku
  return async (command) => {
    await ground.settled()
    const was = ground.world()
    const asked = requests.length
    const process = await cli.start(command.slice(1), ground, {home})
    const typed = process.done.then(async ({code, stderr, stdout}) => {
      await ground.settled()
      const wrote = requests.slice(asked).filter(writes)
      return {
        command: command.join(' '),
        code,
        said: stderr + stdout,
        wrote: wrote.map(({method, path}) => `${method} ${path}`),
        changed: difference(was, ground.world()).filter(isOfUs),
      }
    })
    typed.catch(() => {})
    return {...process, typed}
  }
}

/** With the journal by it alone; without it, by somebody who has read the output. @throws Error when there is no way on */
async function putRight(point: Point, died: HerokuResult, type: Type, done: Typed[]): Promise<void> {
  const noted = async (command: string[]): Promise<HerokuProcess> => {
    const process = await type(command)
    const kept = async (): Promise<HerokuResult> => {
      done.push(await process.typed)
      return process.done
    }
    return {...process, done: kept()}
  }
  if (point.way === 'without it') {
    return becomePerson(died.stderr, point, RECOVER.join(' '), (command) => noted(command.split(' '))).putRight()
  }

  const {code, stderr} = await (await noted([...RECOVER, '--confirm', APP])).done
  if (code !== 4) return
  const ways = ['resume', 'rollback'].filter((way) => stderr.includes(`${RECOVER.join(' ')} --${way}`))
  const way = ways.includes(point.choice) ? point.choice : ways[0]
  if (way === undefined) throw new Error('it holds, and says no way on')
  const process = await noted([...RECOVER, `--${way}`, '--confirm', APP])
  await process.done
}

const didNothing = ({code, command, said, wrote}: Typed): boolean =>
  command.startsWith(RECOVER.join(' ')) && code === 0 && wrote.length === 0 && said.includes('Nothing to recover')

const writes = ({method, path}: {method: string; path: string}): boolean =>
  method !== 'GET' && !path.includes('/log-sessions')

/** One-off dynos come and go by themselves. */
const isOfUs = (line: string): boolean => !/^dynos\.run/.test(line)

/** Releases are counted: a rollback makes one more. */
function differenceOf(before: World, after: World): string[] {
  return difference(before, after).filter((line) => isOfUs(line) && !line.startsWith('releases:'))
}

async function placesOf(ground: Ground, texts: Record<string, string>): Promise<string[]> {
  const secrets = await ground.secrets()
  return Object.entries(texts).flatMap(([place, text]) => {
    const found = secrets.findIndex((secret) => text.includes(secret))
    return found === -1 ? [] : [`${place} holds secret number ${found}`]
  })
}
