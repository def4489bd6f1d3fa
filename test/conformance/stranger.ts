import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {startPlatform, type LocalHeroku} from '../platform/index.js'
import {archiveOf, makeImage, tarOf} from '../platform/registry/make-image.js'
import {startTlsFront, type TlsFront} from '../platform/tls-front/tls-front.js'
import {emptyHome, herokuCli, herokuEnv, type HerokuHome, herokuNode} from '../real/heroku-cli.js'
import {stockDockerPath} from '../real/stock-docker.js'
import {normalise} from './normalise.js'
import {parseCommand, type Row} from './row.js'

export const APP = 'example-app'

/** A platform with example-app, and a machine on which strangers are installed that know nothing of us. */
export type Stranger = {
  heroku: LocalHeroku
  /** Runs a row's command. @throws Error after a minute */
  types(row: Row): Promise<{exit: number | null; lines: string[]}>
  leave(): Promise<void>
}

/** With `front`, the platform is a host of its own, `heroku.localhost`. @throws Error when the machine has no port 443 for it */
export async function stranger({front: wantsFront = false} = {}): Promise<Stranger> {
  const heroku = await startPlatform({exampleApp: true, speed: 20})
  const front = wantsFront ? await frontOf(heroku) : undefined
  const home = await emptyHome()
  const folder = path.join(home.dir, 'work')
  const [image, layer] = [path.join(home.dir, 'image.tar'), path.join(home.dir, 'layer.tar')]
  const files = {conformance: 'x'}
  await mkdir(folder)
  await writeFile(image, await archiveOf(await makeImage({files, command: ['/bin/true']})))
  await writeFile(layer, await tarOf(files))
  for (const type of ['web', 'worker'])
    await writeFile(
      path.join(folder, `Dockerfile.${type}`),
      `FROM scratch\nCOPY Dockerfile.${type} /\nCMD ["${type}"]\n`,
    )
  const stands: Record<string, string> = {
    REGISTRY: front?.registry ?? new URL(heroku.url).host,
    IMAGE: image,
    LAYER: layer,
    FOLDER: folder,
  }
  const named = (word: string) => word.replaceAll(/REGISTRY|IMAGE|LAYER|FOLDER/g, (name) => stands[name] ?? name)
  return {
    heroku,
    async types(row) {
      const {argv: words, variables} = parseCommand(row)
      const [program = '', ...argv] = words.map((word) => named(word))
      const command = program === 'heroku' ? [await herokuNode(), '--no-deprecation', await herokuCli()] : [program]
      const env = {...strangersEnv(home), ...(front?.env ?? heroku.env), ...row.env?.(heroku), ...variables}
      const child = spawn(command[0] ?? '', [...command.slice(1), ...argv], {cwd: folder, env, timeout: 60_000})
      child.stdin.end(row.input?.(heroku) ?? '')
      const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
      return {exit: exit as number | null, lines: normalise(`${out}\n${err}`, heroku.apiKey)}
    },
    async leave() {
      await front?.stop()
      await heroku.stop()
      await home.remove()
    },
  }
}

/** The port may be another test's for a while. The first docker client on the PATH is one that the stock CLI can use. */
async function frontOf(heroku: LocalHeroku): Promise<Pick<TlsFront, 'env' | 'registry' | 'stop'>> {
  const PATH = await stockDockerPath()
  const front = await startTlsFront(heroku, {patienceMs: 90_000, engine: process.env.REAL_DOCKER_HOST}).catch(
    async (error) => {
      await heroku.stop()
      throw error
    },
  )
  return {...front, env: {...front.env, PATH}}
}

/** skopeo finds the login of docker; an engine is the test run's. */
function strangersEnv(home: HerokuHome): NodeJS.ProcessEnv {
  const config = path.join(home.dir, '.docker')
  const host = process.env.REAL_DOCKER_HOST ?? process.env.DOCKER_HOST
  return {
    ...herokuEnv(home),
    CI: 'true',
    TERM: 'dumb',
    DOCKER_CONFIG: config,
    REGISTRY_AUTH_FILE: path.join(config, 'config.json'),
    ...(host && {DOCKER_HOST: host}),
  }
}
