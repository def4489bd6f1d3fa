import {spawn} from 'node:child_process'
import {rm} from 'node:fs/promises'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {isDeepStrictEqual} from 'node:util'

import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {findDocker} from './docker.js'
import {copyExample, type Project} from './project.js'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const APP = 'example-app'

const say = (text = ''): void => void process.stdout.write(`${text}\n`)
const title = (text: string): void => say(`\n=== ${text}\n`)

/** Runs the command a user runs, on this terminal or in this pipe. */
function pipelineShip(heroku: LocalHeroku, project: Project, flags: string[]): Promise<number> {
  const argv = ['pipeline:ship', '--app', APP, '--stable-for', '3s', ...flags]
  say(`$ heroku ${argv.map((arg) => arg.replace(`${project.folder}/`, '')).join(' ')}`)
  // Journals and settings of the demo stay out of the user's own folders.
  const home = path.join(project.folder, '..', `${path.basename(project.folder)}-home`)
  const env = {...process.env, ...heroku.env, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home}
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...argv], {cwd: project.folder, env, stdio: 'inherit'})
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function check(what: string, holds: boolean): void {
  say(`${holds ? '✓' : '✗'} ${what}`)
  if (!holds) process.exitCode = 1
}

const answer = async (heroku: LocalHeroku): Promise<string> => {
  const app = await fetch(`${heroku.url}/apps/${APP}`, {
    headers: {accept: 'application/vnd.heroku+json; version=3', authorization: `Bearer ${heroku.apiKey}`},
  })
  const {web_url: url} = (await app.json()) as {web_url: string}
  return (await fetch(url)).text()
}

/** What may differ after a rollback: it is a release of its own. */
const comparable = (heroku: LocalHeroku): unknown => ({...heroku.world(APP), releases: 0})

async function demo(heroku: LocalHeroku, project: Project): Promise<void> {
  const docker = await findDocker(heroku)
  const real = 'engine' in docker
  say(real ? `Building with ${docker.engine}.` : `Building without Docker: ${docker.without}.`)

  title('Ship examples/hello: web and worker')
  check('exit code 0', (await pipelineShip(heroku, project, await project.flags(real))) === 0)
  check(`the app answers: ${(await answer(heroku)).trim()}`, (await answer(heroku)).startsWith('Hello from a dyno'))

  title('Ship it again: nothing has changed')
  const shipped = comparable(heroku)
  check('exit code 0', (await pipelineShip(heroku, project, await project.flags(real))) === 0)
  check('nothing was released', isDeepStrictEqual(comparable(heroku), shipped))

  title('Ship a change whose web dyno crashes')
  await project.breakIt()
  check('exit code 1: failed, and undone', (await pipelineShip(heroku, project, await project.flags(real))) === 1)
  check('the app is as it was: formation, images, config vars, dynos', isDeepStrictEqual(comparable(heroku), shipped))
  check(`the app answers: ${(await answer(heroku)).trim()}`, (await answer(heroku)).startsWith('Hello from a dyno'))

  title('What was real')
  say(`- the command: bin/run.js, the entry point that the Heroku CLI's plugin system loads`)
  say(
    real
      ? `- the build and the push: ${docker.engine}, the registry protocol`
      : '- the push: the registry protocol, by our own client; the images were made on the spot',
  )
  say('- the dynos: processes of this machine, started from the layers that were pushed')
  say(`- Heroku was not: a local stand-in answered ${heroku.requests.length} requests at ${heroku.url}`)
}

const heroku = await startPlatform({exampleApp: true})
const project = await copyExample()
let stopping: Promise<unknown> | undefined
const stop = (): Promise<unknown> => {
  stopping ??= Promise.all([
    heroku.stop(),
    rm(project.folder, {recursive: true, force: true}),
    rm(`${project.folder}-home`, {recursive: true, force: true}),
  ])
  return stopping
}

process.on('SIGTERM', () => void stop().then(() => process.exit(143)))
process.on('SIGINT', () => void stop().then(() => process.exit(130)))
try {
  await demo(heroku, project)
} finally {
  await stop()
}

say(process.exitCode ? '\nSomething is not as promised: see the ✗ above.' : '\nAll as promised.')
