import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'

import type {TestContext} from 'vitest'

import {engines, removeImages} from '../docker/rig.js'
import {APP, setUp, type Setup} from '../failures/setup.js'
import {type HerokuProcess, type HerokuOptions, startHeroku} from '../real/heroku-cli.js'

export {APP} from '../failures/setup.js'

/** What came of a ship; `said` is all of it, stderr first. */
export type Shipped = {exit: number | null; stdout: string; stderr: string; said: string}

/** A local Heroku with an app that runs web and worker, a folder with a project, and the engine that builds it. */
export type Project = Setup & {
  host: string
  write(files: Record<string, Buffer | string>): Promise<void>
  /** Runs the stock CLI's `pipeline:ship` in the folder, as it would be typed there. */
  ship(flags: string[], options?: HerokuOptions): Promise<Shipped>
  start(flags: string[], options?: HerokuOptions): Promise<HerokuProcess>
}

/** Made for one test, and gone with it: dynos, folder and the images that the engine has tagged. No part: no engine. */
export async function project(
  ctx: TestContext,
  part: (typeof engines)[number]['engine'] | undefined,
  files: Record<string, Buffer | string>,
): Promise<Project> {
  const host = engines.find(({engine}) => engine === part)?.host() ?? ''
  const setup = await setUp()
  const {folder, heroku} = setup
  ctx.onTestFinished(async () => {
    const types = ['web', 'worker', 'clock', 'release']
    const names = types.map((type) => `localhost:${heroku.port}/${APP}/${type}`)
    if (host) await removeImages(host, names)
    await setup.remove()
  })

  const write: Project['write'] = async (all) => {
    for (const [name, content] of Object.entries(all)) {
      await mkdir(path.dirname(path.join(folder, name)), {recursive: true})
      await writeFile(path.join(folder, name), content)
    }
  }
  await write(files)

  const start: Project['start'] = (flags, {env, ...options} = {}) =>
    startHeroku(['pipeline:ship', '--app', APP, '--stable-for', '1s', ...flags], {
      cwd: folder,
      env: {...heroku.env, DOCKER_HOST: host, ...env},
      timeoutMs: 100_000,
      ...options,
    })
  return {
    ...setup,
    host,
    write,
    start,
    async ship(flags, options) {
      const started = await start(flags, options)
      const {code, stderr, stdout} = await started.done
      return {exit: code, stdout, stderr, said: stderr + stdout}
    },
  }
}
