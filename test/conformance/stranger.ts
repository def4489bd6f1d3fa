import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {startPlatform, type LocalHeroku} from '../platform/index.js'
import {archiveOf, makeImage, tarOf} from '../platform/registry/make-image.js'
import {emptyHome, herokuCli, herokuEnv, type HerokuHome} from '../real/heroku-cli.js'
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

export async function stranger(): Promise<Stranger> {
  const heroku = await startPlatform({exampleApp: true, speed: 20})
  const home = await emptyHome()
  const folder = path.join(home.dir, 'work')
  const [image, layer] = [path.join(home.dir, 'image.tar'), path.join(home.dir, 'layer.tar')]
  const files = {conformance: 'x'}
  await mkdir(folder)
  await writeFile(image, await archiveOf(await makeImage({files, command: ['/bin/true']})))
  await writeFile(layer, await tarOf(files))
  const stands: Record<string, string> = {
    REGISTRY: new URL(heroku.url).host,
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
      const command = program === 'heroku' ? [process.execPath, '--no-deprecation', await herokuCli()] : [program]
      const env = {...strangersEnv(home), ...heroku.env, ...row.env?.(heroku), ...variables}
      const child = spawn(command[0] ?? '', [...command.slice(1), ...argv], {cwd: folder, env, timeout: 60_000})
      child.stdin.end(row.input?.(heroku) ?? '')
      const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
      return {exit: exit as number | null, lines: normalise(`${out}\n${err}`, heroku.apiKey)}
    },
    async leave() {
      await heroku.stop()
      await home.remove()
    },
  }
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
