import {execFile} from 'node:child_process'
import {access} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'

const run = promisify(execFile)

/**
 * A PATH whose first docker client serves the stock Heroku CLI. From version 24 on it passes `--provenance`, which a client
 * takes only with buildx, and Debian's 20.10 is often not the first.
 * @throws Error that says what is missing
 */
export async function stockDockerPath(paths = process.env.PATH ?? ''): Promise<string> {
  for (const folder of new Set([...paths.split(':'), '/usr/bin'])) {
    const docker = path.join(folder, 'docker')
    if (await serves(docker)) return `${folder}:${paths}`
  }
  throw new Error('no docker client for the stock Heroku CLI: one older than 24, or with buildx')
}

async function serves(docker: string): Promise<boolean> {
  try {
    await access(docker)
    const {stdout} = await run(docker, ['--version'], {timeout: 20_000})
    const major = Number(/version (\d+)\./.exec(stdout)?.[1])
    if (major >= 24) await run(docker, ['buildx', 'version'], {timeout: 20_000, env: {HOME: '/nonexistent'}})
    return major > 0
  } catch {
    return false
  }
}
