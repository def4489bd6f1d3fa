import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {type LocalHeroku, startPlatform} from '../platform/index.js'
import {makeImageArchive} from '../platform/registry/make-image.js'

export const APP = 'example-app'

/** A local Heroku with an app that is up, and a folder with images to ship. */
export type Setup = {
  heroku: LocalHeroku
  folder: string
  /** Writes an image archive of a type into the folder and returns the flag that ships it. */
  archive(type: string, command: string): Promise<string[]>
  remove(): Promise<void>
}

const server = (text: string): string => `
const {createServer} = require('node:http')
createServer((req, res) => res.end('${text}\\n')).listen(process.env.PORT)
process.on('SIGTERM', () => process.exit(0))
`
const OLD = {
  web: {command: 'exec node server.cjs', files: {'server.cjs': server('old')}},
  worker: {command: 'exec sleep 1000'},
}

/** Commands of images by what they do. */
export const images = {
  web: 'exec node server.cjs',
  worker: 'exec sleep 2000',
  crashingWeb: 'echo "Error: DATABASE_URL is not set"; exit 1',
  migration: 'echo migrating; sleep 1; echo migrated',
  failingMigration: 'echo migrating; echo "relation users does not exist"; exit 3',
  slowMigration: 'echo migrating; sleep 60',
}

export async function setUp({released = true} = {}): Promise<Setup> {
  const heroku = await startPlatform({})
  const folder = await mkdtemp(path.join(tmpdir(), 'failures-'))
  await heroku.createApp(APP)
  if (released) {
    await heroku.seedRelease(APP, {images: OLD, formation: {web: 1, worker: 1}})
    await settled(heroku)
  }

  return {
    heroku,
    folder,
    async archive(type, command) {
      const file = path.join(folder, `${type}.tar`)
      const files = {'app/server.cjs': server('new'), [`app/${type}`]: type}
      await writeFile(file, await makeImageArchive({files, command: ['/bin/sh', '-c', command], workdir: '/app'}))
      return ['--archive', `${type}=${file}`]
    },
    async remove() {
      await heroku.stop()
      await rm(folder, {recursive: true, force: true, maxRetries: 5})
    },
  }
}

/** Waits until no dyno starts any more: a rollback after a signal is not waited for by the one who was interrupted. */
export async function settled(heroku: LocalHeroku): Promise<void> {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    const {dynos} = heroku.world(APP)
    if (dynos.length > 0 && dynos.every(({state}) => state !== 'starting')) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
