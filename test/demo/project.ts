// fs.cp is marked experimental in Node 20 and has not changed since.
// eslint-disable-next-line n/no-unsupported-features/node-builtins
import {cp, mkdtemp, readFile, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'

import {makeImageArchive} from '../platform/registry/make-image.js'

const example = fileURLToPath(new URL('../../examples/hello', import.meta.url))
const BUG = "throw new Error('DATABASE_URL is not set')\n"

/** A copy of examples/hello that may be changed. */
export type Project = {
  folder: string
  /** A source change whose web dyno crashes at boot. */
  breakIt(): Promise<void>
  /** The flags that ship it: a base image that is there without a network, or archives where nothing can be built. */
  flags(docker: boolean): Promise<string[]>
}

export async function copyExample(): Promise<Project> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hello-'))
  await cp(example, folder, {recursive: true})
  const server = path.join(folder, 'server.js')
  return {
    folder,
    async breakIt() {
      await writeFile(server, BUG + (await readFile(server, 'utf8')))
    },
    async flags(docker) {
      // Dynos of the local Heroku run on this machine: they have its node, and need no base image.
      if (docker) return ['web', 'worker', '--arg', 'BASE=scratch']
      const web = await archive(folder, 'web', ['node', 'server.js'])
      const worker = await archive(folder, 'worker', ['node', 'worker.js'])
      return ['--archive', `web=${web}`, '--archive', `worker=${worker}`]
    },
  }
}

/** What `docker save` would have written of the image that the Dockerfile describes. */
async function archive(folder: string, type: string, command: string[]): Promise<string> {
  const names = ['package.json', 'server.js', 'worker.js']
  const files = await Promise.all(
    names.map(async (name) => [`app/${name}`, await readFile(path.join(folder, name))] as const),
  )
  const file = path.join(folder, `${type}.tar`)
  await writeFile(file, await makeImageArchive({files: Object.fromEntries(files), command, workdir: '/app'}))
  return file
}
