import type {Corner, Ground} from './ground.js'
import {PROJECT} from './project.js'
import type {Row, Run, Side} from './row.js'
import {timed} from './timed.js'
import {windowRows} from './window-rows.js'

/** `pipeline:ship` waits until dynos have been up this long; its default is 30 s. The stock commands do not wait at all. */
const STABLE_FOR = '1s'
const LATENCY_MS = 50

const PUSH = ['container:push', '--recursive']
const PUSH_HELP = ['container:push', '--help']
const SHIP = ['pipeline:ship', 'web', 'worker', '--stable-for', STABLE_FOR]

const COMMANDS = {ours: [SHIP], stock: [PUSH, ['container:release', 'web', 'worker']]}

async function ship({app, cli}: Corner, commands: string[][]): Promise<void> {
  for (const command of commands) await cli([...command, '--app', app])
}

/** All rows, in the order in which they are run. */
export function allRows(ground: Ground): Row[] {
  return [
    wholeShip(ground, 'ship', 0),
    wholeShip(ground, 'ship-latency', LATENCY_MS),
    ...windowRows(ground),
    warmPush(ground),
    help(ground),
    refused(ground),
    nothingToShip(ground),
  ]
}

function wholeShip({heroku, ours, stock}: Ground, id: string, latencyMs: number): Row {
  const side = (name: string, corner: Corner, commands: string[][]): Side => ({
    name,
    async run(round) {
      await corner.project.change(`${id} ${corner.app} ${round}`)
      return timed(heroku, corner.app, latencyMs, () => ship(corner, commands))
    },
  })
  return {
    id,
    title: `Ship web and worker after one line has changed, answers ${latencyMs} ms late`,
    given: `context ${PROJECT.vendorMb} MB on a base of ${PROJECT.baseMb} MB; RUN behind the changed line ${PROJECT.buildSeconds} s; web boots ${PROJECT.bootSeconds} s; workers drain 0 s; every answer of API and registry ${latencyMs} ms late`,
    sides: [
      side(`heroku ${SHIP.join(' ')}`, ours, COMMANDS.ours),
      side('heroku container:push --recursive && heroku container:release web worker', stock, COMMANDS.stock),
    ],
  }
}

/** The images that run are pushed again; ours finds that there is nothing to release. */
function warmPush(ground: Ground): Row {
  const {heroku, ours, stock} = ground
  const side = ({app, cli}: Corner, command: string[]): Side => ({
    name: `heroku ${command.join(' ')}`,
    run: () => timed(heroku, app, 0, () => cli([...command, '--app', app])),
  })
  return {
    id: 'push-warm',
    title: 'Build and push images of which nothing has changed',
    given: 'everything cached by the engine and known to the registry; ours also looks whether the app runs them',
    before: () => shipBoth(ground),
    sides: [side(ours, SHIP), side(stock, PUSH)],
  }
}

/** Each app runs what is in its folder. */
async function shipBoth({ours, stock}: Ground): Promise<void> {
  await ours.project.change('shipped by ours')
  await ship(ours, COMMANDS.ours)
  await stock.project.change('shipped by stock')
  await ship(stock, COMMANDS.stock)
}

const reference = (corner: Corner, name: string): Side => ({
  name,
  run: () => plain(() => corner.cli(PUSH_HELP)),
})

function help({ours, stock}: Ground): Row {
  return {
    id: 'help',
    title: 'Start: print the help',
    given: 'ours is installed, not linked',
    atLeast: 15,
    sides: [
      {name: 'heroku pipeline:ship --help', run: () => plain(() => ours.cli(['pipeline:ship', '--help']))},
      reference(stock, 'heroku container:push --help'),
      reference(ours, 'heroku container:push --help, our plugin installed'),
    ],
  }
}

function refused({heroku, ours, stock}: Ground): Row {
  const env = {DOCKER_HOST: 'unix:///nonexistent/docker.sock'}
  return {
    id: 'refused',
    title: 'Refuse in preflight: no Docker (exit 3)',
    given: 'all that is read of the app is read',
    sides: [
      {
        name: 'heroku pipeline:ship web worker',
        run: () => counted(heroku, () => ours.cli([...SHIP, '--app', ours.app], {env, exit: 3})),
      },
      reference(stock, 'heroku container:push --help'),
    ],
  }
}

function nothingToShip({heroku, ours, stock}: Ground): Row {
  return {
    id: 'nothing',
    title: 'Nothing to ship',
    async before() {
      await ours.project.change('shipped by ours')
      await ship(ours, COMMANDS.ours)
    },
    given: 'builds from the cache, pushes nothing new, compares with what runs',
    sides: [
      {
        name: 'heroku pipeline:ship web worker',
        run: () =>
          counted(heroku, async () => {
            const said = await ours.cli([...SHIP, '--app', ours.app])
            if (!said.startsWith('Nothing to ship')) throw new Error(`There was something to ship: ${said}`)
          }),
      },
      reference(stock, 'heroku container:push --help'),
    ],
  }
}

async function plain(work: () => Promise<unknown>): Promise<Run> {
  const begin = performance.now()
  await work()
  return {figures: {total: performance.now() - begin}}
}

async function counted(heroku: Ground['heroku'], work: () => Promise<unknown>): Promise<Run> {
  const asked = heroku.requests.length
  const {figures} = await plain(work)
  const calls = heroku.requests.slice(asked).filter(({path}) => !path.startsWith('/v2/'))
  return {figures: {...figures, 'API calls': calls.length}}
}
