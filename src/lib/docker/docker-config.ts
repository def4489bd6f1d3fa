import {readFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import path from 'node:path'

/** What we read of the docker CLI's `config.json`. */
export type DockerConfig = {
  currentContext?: string
  auths?: Record<string, {auth?: string; username?: string; password?: string; identitytoken?: string}>
  credsStore?: string
  credHelpers?: Record<string, string>
}

/** A file of the docker CLI's that can't be read or understood. */
export class DockerConfigError extends Error {
  override name = 'DockerConfigError'
}

/** The folder of the docker CLI's settings. */
export const configDir = (env: NodeJS.ProcessEnv): string =>
  env.DOCKER_CONFIG || path.join(env.HOME || homedir(), '.docker')

/** @throws DockerConfigError naming the file; a missing one is empty */
export async function readConfig(env: NodeJS.ProcessEnv): Promise<DockerConfig> {
  return ((await readJson(path.join(configDir(env), 'config.json'))) ?? {}) as DockerConfig
}

/** @throws DockerConfigError naming the file; a missing one is undefined */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new DockerConfigError(`Can't read ${file}: ${error.code ?? error.message}`, {cause: error})
  })
  if (text === undefined) return undefined
  const value = parse(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  // The parser's own words would quote the file, which may hold passwords.
  throw new DockerConfigError(`Can't read ${file}: it is not a JSON object; put it right, or move it away`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
