import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import path from 'node:path'

import {configDir, DockerConfigError, readConfig, readJson} from './docker-config.js'

/** What proves the two ends of a TLS connection to each other; PEM. */
export type Tls = {ca?: Buffer; cert?: Buffer; key?: Buffer; verify: boolean}

/** Where the engine is, in the words of the docker CLI, and who said so: "default", "DOCKER_HOST", "context colima". */
export type Endpoint = {host: string; from: string; tls?: Tls}

const DEFAULT_HOST = process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'

/**
 * Finds the engine as the docker CLI does: DOCKER_HOST, DOCKER_CONTEXT, the current context of config.json, the default socket.
 * @throws DockerConfigError naming the file or the context that is wrong
 */
export async function resolveEndpoint(env: NodeJS.ProcessEnv): Promise<Endpoint> {
  if (env.DOCKER_HOST) return withTls({host: normalise(env.DOCKER_HOST), from: 'DOCKER_HOST'}, await tlsOfEnv(env))
  const [name, from] = env.DOCKER_CONTEXT
    ? [env.DOCKER_CONTEXT, 'DOCKER_CONTEXT']
    : [(await readConfig(env)).currentContext, path.join(configDir(env), 'config.json')]
  if (!name || name === 'default') return {host: DEFAULT_HOST, from: 'default'}
  return contextEndpoint(env, name, from)
}

type ContextMeta = {Endpoints?: {docker?: {Host?: string; SkipTLSVerify?: boolean}}}

async function contextEndpoint(env: NodeJS.ProcessEnv, name: string, from: string): Promise<Endpoint> {
  // The CLI keeps each context in a folder named after the hash of its name.
  const id = createHash('sha256').update(name).digest('hex')
  const contexts = path.join(configDir(env), 'contexts')
  const file = path.join(contexts, 'meta', id, 'meta.json')
  const meta = (await readJson(file)) as ContextMeta | undefined
  if (!meta) {
    throw new DockerConfigError(
      `Can't find the Docker context "${name}" that ${from} names: choose one of \`docker context ls\` with \`docker context use\``,
    )
  }
  const docker = meta.Endpoints?.docker
  const host = docker?.Host
  if (!host) throw new DockerConfigError(`Can't use the Docker context "${name}": ${file} names no host`)
  const tls = await readTls(path.join(contexts, 'tls', id, 'docker'), !docker.SkipTLSVerify)
  return withTls({host: normalise(host), from: `context ${name}`}, tls)
}

/** The CLI's variables for an engine named by DOCKER_HOST; certificates lie in DOCKER_CERT_PATH, else beside config.json. */
async function tlsOfEnv(env: NodeJS.ProcessEnv): Promise<Tls | undefined> {
  if (!env.DOCKER_TLS_VERIFY && !env.DOCKER_TLS) return undefined
  const verify = Boolean(env.DOCKER_TLS_VERIFY)
  return (await readTls(env.DOCKER_CERT_PATH || configDir(env), verify)) ?? {verify}
}

async function readTls(dir: string, verify: boolean): Promise<Tls | undefined> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readPem(path.join(dir, name))),
  )
  if (!ca && !cert && !key) return undefined
  return {verify, ...(ca && {ca}), ...(cert && {cert}), ...(key && {key})}
}

async function readPem(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw new DockerConfigError(`Can't read ${file}: ${error.code ?? error.message}`, {cause: error})
  })
}

/** TLS says nothing about a socket on this machine. */
const withTls = (endpoint: Endpoint, tls: Tls | undefined): Endpoint =>
  tls && /^(tcp|https):/.test(endpoint.host) ? {...endpoint, tls} : endpoint

const normalise = (host: string): string => (host.includes('://') ? host : `tcp://${host}`)
