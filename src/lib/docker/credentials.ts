import {spawn} from 'node:child_process'
import {text} from 'node:stream/consumers'

import {readConfig, type DockerConfig} from './docker-config.js'
import type {Credentials} from './session/auth.js'

/** The name Docker Hub goes by in the docker CLI's settings. */
const HUB = 'https://index.docker.io/v1/'
const HUB_HOSTS = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/**
 * The login the docker CLI would use for a registry: a helper for this host, the store for all, or what config.json holds itself.
 * @throws DockerConfigError for a broken config.json, Error naming a helper that fails (never its output, which is secret)
 */
export async function credentialsFor(env: NodeJS.ProcessEnv, host: string): Promise<Credentials | undefined> {
  const config = await readConfig(env)
  const server = HUB_HOSTS.has(host) ? HUB : host
  const helper = config.credHelpers?.[server] ?? config.credHelpers?.[host] ?? config.credsStore
  return helper ? askHelper(env, helper, server) : fromAuths(config, server)
}

function fromAuths({auths = {}}: DockerConfig, server: string): Credentials | undefined {
  const found = auths[server] ?? Object.entries(auths).find(([key]) => hostOf(key) === hostOf(server))?.[1]
  if (!found) return undefined
  if (found.identitytoken) return {secret: found.identitytoken}
  if (!found.auth)
    return found.username && found.password ? {username: found.username, secret: found.password} : undefined
  const [username = '', ...secret] = Buffer.from(found.auth, 'base64').toString('utf8').replaceAll('\0', '').split(':')
  return {username, secret: secret.join(':')}
}

/** Old logins are kept under addresses: "https://registry.example.com/v1/". */
const hostOf = (key: string) => key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')

/** What a helper says when it knows no login: the docker CLI then goes on without. */
const UNKNOWN = /credentials not found/i

async function askHelper(env: NodeJS.ProcessEnv, helper: string, server: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`
  const child = spawn(program, ['get'], {env, stdio: ['pipe', 'pipe', 'ignore']})
  child.stdin.on('error', () => {})
  child.stdin.end(server)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const [code, output] = await Promise.all([ended, text(child.stdout)]).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `Can't log in to ${server}: ${program} does not start (${error.code ?? error.message}); docker's config.json names it`,
    )
  })
  if (code !== 0 && UNKNOWN.test(output)) return undefined
  const found = code === 0 ? parse(output) : undefined
  if (!found) throw new Error(`Can't log in to ${server}: ${program} fails; docker's config.json names it`)
  const {Username = '', Secret = ''} = found
  return Username === '<token>' ? {secret: Secret} : {username: Username, secret: Secret}
}

function parse(output: string): {Username?: string; Secret?: string} | undefined {
  try {
    return JSON.parse(output) as {Username?: string; Secret?: string}
  } catch {
    return undefined
  }
}
