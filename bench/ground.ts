import {emptyHome, linkedHome, runHeroku, type HerokuHome} from '../test/real/heroku-cli.js'
import {debianEngine} from '../test/real/docker-engine.js'
import {stockDockerPath} from '../test/real/stock-docker.js'
import {startPostgres} from '../test/real/postgres.js'
import {startPlatform, type LocalHeroku} from '../test/platform/index.js'
import {dockerCli, removeImagesOf} from '../test/platform/registry/docker-cli.js'
import {startTlsFront} from '../test/platform/tls-front/tls-front.js'
import {writeBase, writeProject, type Project} from './project.js'

/** What one side works with: an app, a folder and a home of its own. */
export type Corner = {
  app: string
  project: Project
  home: HerokuHome
  /** What a `heroku` process of this side has in its environment. */
  env: NodeJS.ProcessEnv
  /** Where visitors of the app ask. */
  url: string
  /** Runs the stock CLI in the folder. @throws Error with all it wrote, when it does not exit with `exit` (0) */
  cli(argv: string[], options?: {exit?: number; env?: NodeJS.ProcessEnv}): Promise<string>
}

/** What an app is before anything is shipped to it. */
export type Seed = {
  /** Files of the project's `src`; without them the project of project.ts. */
  programs?: Record<string, string>
  buildSeconds?: number
  vendorMb?: number
  images: Record<'web' | 'worker', {command: string; files?: Record<string, string>}>
  formation: {web: number; worker: number}
}

/** One local Heroku behind TLS, one Docker Engine and one PostgreSQL, for all sides alike. */
export type Ground = {
  heroku: LocalHeroku
  /** One more app, with a folder of its own. @param who `ours` has the plugin installed */
  corner(who: 'ours' | 'stock', app: string, seed: Seed): Promise<Corner>
  /** With the plugin installed. */
  ours: Corner
  /** The stock CLI alone. */
  stock: Corner
  /** Versions of what took part. */
  versions: Record<string, string>
  remove(): Promise<void>
}

const BASE = 'heroku-pipeline-ship-bench-base'
const OLD = {command: 'exec sleep 1000'}
const SEED: Seed = {images: {web: OLD, worker: OLD}, formation: {web: 1, worker: 1}}

/** @throws Error that says what this machine lacks: root, port 443, Docker, a docker client for the stock CLI */
export async function prepareGround(): Promise<Ground> {
  const leave: Array<() => Promise<unknown>> = []
  let leaving: Promise<void> | undefined
  const remove = () => {
    leaving ??= (async () => {
      for (const step of leave.toReversed())
        await step().catch((error: Error) => process.stderr.write(`${error.message}\n`))
    })()
    return leaving
  }

  try {
    const engine = await debianEngine()
    if (engine.host === undefined) throw new Error(engine.reason)
    leave.push(() => engine.stop())
    const PATH = await stockDockerPath()
    const client = `${PATH.split(':')[0]}/docker`
    const postgres = await startPostgres()
    leave.push(() => postgres.stop())
    const heroku = await startPlatform({postgres})
    leave.push(() => heroku.stop())
    const front = await startTlsFront(heroku, {engine: engine.host, patienceMs: 60_000})
    leave.push(() => front.stop())

    const home = await emptyHome()
    const pluginHome = await linkedHome()
    leave.push(
      () => home.remove(),
      () => pluginHome.remove(),
    )
    const docker = (argv: string[]) => dockerCli(argv, {client, config: home.dir, host: engine.host})
    const base = await writeBase()
    leave.push(() => base.remove())
    await docker(['build', '--quiet', '--tag', BASE, base.folder])
    leave.push(() => docker(['rmi', '--force', BASE]))

    const homes = {ours: pluginHome, stock: home}
    const corner: Ground['corner'] = async (who, app, {formation, images, ...files}) => {
      const home = homes[who]
      const project = await writeProject(BASE, files)
      leave.push(() => project.remove())
      const {routerPort} = await heroku.createApp(app)
      await heroku.seedRelease(app, {images, formation})
      const options = {client, config: home.dir, host: engine.host}
      leave.push(() => removeImagesOf(`${front.registry}/${app}/*`, options))
      const env = {...front.env, PATH, DOCKER_HOST: engine.host, DOCKER_BUILDKIT: '1', CI: 'true'}
      return {
        app,
        project,
        home,
        env,
        url: `http://127.0.0.1:${routerPort}/`,
        async cli(argv, {env: more, exit = 0} = {}) {
          const ran = await runHeroku(argv, {home, cwd: project.folder, env: {...env, ...more}, timeoutMs: 180_000})
          if (ran.code !== exit)
            throw new Error(`heroku ${argv.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`)
          return ran.stdout
        },
      }
    }

    const ground = {
      heroku,
      corner,
      ours: await corner('ours', 'bench-ours', SEED),
      stock: await corner('stock', 'bench-stock', SEED),
      versions: {
        'Heroku CLI': (await herokuVersion(home)) ?? '',
        'Docker Engine': (await docker(['version', '--format', '{{.Server.Version}}'])).toString().trim(),
        'docker client': (await docker(['version', '--format', '{{.Client.Version}}'])).toString().trim(),
        'Node.js': process.versions.node,
      },
      remove,
    }
    await ground.stock.cli(['container:login'])
    return ground
  } catch (error) {
    await remove()
    throw error
  }
}

async function herokuVersion(home: HerokuHome): Promise<string | undefined> {
  const {stdout} = await runHeroku(['version'], {home})
  return /heroku\/(\S+)/.exec(stdout)?.[1]
}
