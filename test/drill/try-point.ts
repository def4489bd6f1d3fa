import {difference} from '../failures/difference.js'
import type {World} from '../platform/index.js'
import type {HerokuProcess, HerokuResult} from '../real/heroku-cli.js'
import type {Cli} from './cli.js'
import {prepareDeath} from './die.js'
import {APP, type Counts, elsewhere, type Ground, openGround} from './ground.js'
import {becomePerson, type Done} from './person.js'
import type {Point} from './point.js'

/** What came of a death, seen from outside. */
export type Tried = {
  /** How the run ended: by SIGKILL, or, when the point did not come, by itself. */
  died: HerokuResult
  /** What was asked when it died. */
  struck: string | undefined
  /** Lines of the journal as it was found. */
  journal: string
  /** Everything that was done to put it right, in its order. */
  done: Array<Done & {changed: string[]}>
  /** Why a person did not know what to do. */
  lost?: string
  /** What differs from before in the end; backups and releases are counted. */
  differs: string[]
  /** What differed once it was dead. */
  left: string[]
  counts: Counts
  /** A second recover, and the next ship's look at the app. */
  again: HerokuResult & {wrote: string[]}
  next: HerokuResult
  /** Where a secret was found. */
  told: string[]
}

const RECOVER = `heroku pipeline:recover --app ${APP}`

/** Lets a process die at a point and has it put right. */
export async function tryPoint(point: Point, cli: Cli, plugin?: string): Promise<Tried> {
  await using ground = await openGround(point.command, {plugin, ...(point.long ? {lastsS: 3} : {})})
  const {heroku} = ground
  const before = ground.world()
  const death = await prepareDeath(point, heroku, ground.folder)
  const process = await cli.start(ground.argv, ground, {home: ground.home, env: death.env})
  death.of(process)
  const died = await process.done
  await ground.settled()
  const left = ground.world()
  const journals = await ground.journals(ground.home)
  const home = point.way === 'with the journal' ? ground.home : await elsewhere(plugin)
  try {
    const type = (command: string): Promise<HerokuProcess> => cli.start(command.split(' ').slice(1), ground, {home})
    const done: Tried['done'] = []
    const putting = putRight(point, died, type, ground, done)
    const lost = await putting.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    await ground.settled()
    const counts = await ground.counts()
    const asked = heroku.requests.length
    const both = [
      [...RECOVER.split(' ').slice(1), '--confirm', APP],
      [ground.argv[0]!, '--dry-run', ...ground.argv.slice(1)],
    ]
    const [again, next] = await Promise.all(both.map(async (argv) => (await cli.start(argv, ground, {home})).done))
    const wrote = heroku.requests
      .slice(asked)
      .filter(writes)
      .map(({method, path}) => `${method} ${path}`)
    const texts = {
      ...journals,
      ...(await ground.journals(home)),
      'the run that died': died.stderr + died.stdout,
      'the second recover': again!.stderr + again!.stdout,
      'the next run': next!.stderr + next!.stdout,
      ...Object.fromEntries(done.map(({command, said}) => [command, said])),
    }
    return {
      died,
      struck: death.struck(),
      journal: Object.values(journals)[0] ?? '',
      done,
      ...(lost === undefined ? {} : {lost}),
      differs: differenceOf(before, ground.world()),
      left: differenceOf(before, left),
      counts,
      again: {...again!, wrote},
      next: next!,
      told: await placesOf(ground, texts),
    }
  } finally {
    if (home !== ground.home) await home.remove()
  }
}

/** With the journal by it alone; without it, by somebody who has read the output. */
async function putRight(
  point: Point,
  died: HerokuResult,
  type: (command: string) => Promise<HerokuProcess>,
  ground: Ground,
  all: Tried['done'],
): Promise<void> {
  const noted = async (command: string): Promise<HerokuProcess> => {
    await ground.settled()
    const was = ground.world()
    const process = await type(command)
    return {
      ...process,
      done: process.done.then(async (result) => {
        await ground.settled()
        const changed = difference(was, ground.world()).filter(isOfUs)
        all.push({command, code: result.code, said: result.stderr + result.stdout, changed})
        return result
      }),
    }
  }
  if (point.way === 'without it') return becomePerson(died.stderr, point, RECOVER, noted).putRight()

  const {code, stderr} = await (await noted(`${RECOVER} --confirm ${APP}`)).done
  if (code !== 4) return
  const ways = ['resume', 'rollback'].filter((way) => stderr.includes(`${RECOVER} --${way}`))
  const way = ways.includes(point.choice) ? point.choice : ways[0]
  if (way === undefined) throw new Error('it holds, and says no way on')
  await (
    await noted(`${RECOVER} --${way} --confirm ${APP}`)
  ).done
}

const writes = ({method, path}: {method: string; path: string}): boolean =>
  method !== 'GET' && !path.includes('/log-sessions')

/** One-off dynos come and go by themselves. */
const isOfUs = (line: string): boolean => !/^dynos\.run/.test(line)

/** Releases are counted, and a rollback makes one more. */
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
