import type {Endpoint} from './endpoint.js'
import {DockerUnavailable, EngineRefused} from './errors.js'
import {openSession} from './session/session.js'
import {withoutPassword, type Transport} from './transport.js'
import type {EngineFacts} from './types.js'

/** Docker 18.09: the first with BuildKit sessions for everyone. */
const MIN_API = [1, 39] as const

const INSTALL =
  'Install Docker Engine 20.10 or newer (https://docs.docker.com/engine/install), or point DOCKER_HOST or `docker context use` at one.'

/** How long an engine may take for one of the questions, in milliseconds. */
const ANSWER_MS = 15_000

type Version = {Version?: string; ApiVersion?: string; Os?: string; Components?: Array<{Name?: string}>}
type Info = {DriverStatus?: Array<[string, string]>}

/**
 * Asks the engine who it is and opens a BuildKit session on it.
 * @throws DockerUnavailable
 */
export async function probe(transport: Transport): Promise<EngineFacts> {
  const {endpoint} = transport
  const get = (path: string) => transport.json({method: 'GET', path, signal: AbortSignal.timeout(ANSWER_MS)})
  const [version, info] = await Promise.all([get('/version'), get('/info')]).then(
    (answers) => answers.map(({body}) => body ?? {}) as [Version, Info],
    (error: unknown) => {
      throw unreachable(endpoint, error)
    },
  )
  const unavailable = unavailableAt(endpoint)
  const name = nameOf(version)
  if (version.Os === 'windows') {
    throw unavailable(
      `${name} runs Windows containers`,
      'Switch Docker Desktop to Linux containers: Heroku runs linux/amd64 images.',
    )
  }
  if (!isRecent(version.ApiVersion))
    throw unavailable(`${name} (API ${version.ApiVersion ?? 'unknown'}) is too old for BuildKit sessions`, INSTALL)
  try {
    const session = await openSession(transport, [], {sharedKey: 'probe', signal: AbortSignal.timeout(ANSWER_MS)})
    session.close()
  } catch (error) {
    const why = error instanceof EngineRefused ? `HTTP ${error.status}` : messageOf(error)
    throw unavailable(`${name} answers, but cannot take a BuildKit session (${why})`, INSTALL, error)
  }
  return {
    endpoint: withoutPassword(endpoint.host),
    from: endpoint.from,
    version: version.Version ?? 'unknown',
    apiVersion: version.ApiVersion ?? 'unknown',
    containerdStore: (info.DriverStatus ?? []).some(([, value]) => value === 'io.containerd.snapshotter.v1'),
  }
}

function nameOf({Version = '', Components = []}: Version): string {
  const podman = Components.some(({Name = ''}) => /podman/i.test(Name))
  return `${podman ? 'Podman' : 'Docker Engine'} ${Version}`.trim()
}

function isRecent(api = '0.0'): boolean {
  const [major = 0, minor = 0] = api.split('.').map(Number)
  return major > MIN_API[0] || (major === MIN_API[0] && minor >= MIN_API[1])
}

const unavailableAt =
  ({host}: Endpoint) =>
  (reason: string, advice: string, cause?: unknown) =>
    new DockerUnavailable({endpoint: withoutPassword(host), reason, advice, cause})

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** What a failed connection means, by the system's code. */
function unreachable(endpoint: Endpoint, error: unknown): DockerUnavailable {
  const unavailable = unavailableAt(endpoint)
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const where = endpoint.from === 'default' ? '' : ` (${endpoint.from})`
  const start = `Start Docker, or install it (https://docs.docker.com/engine/install)${endpoint.from === 'default' ? '' : `, or change ${endpoint.from}`}.`
  if (code === 'ENOENT')
    return unavailable(`there is no socket${where}: Docker is not running or not installed`, start, error)
  if (code === 'ECONNREFUSED') return unavailable(`nothing listens there${where}: Docker is not running`, start, error)
  if (code === 'EACCES' || code === 'EPERM') {
    const join = 'Join the docker group with `sudo usermod -aG docker $USER` and log in again.'
    return unavailable(`this user may not use the socket${where}`, join, error)
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return unavailable(`its host name is not known${where}`, `Check ${endpoint.from}.`, error)
  if (error instanceof EngineRefused)
    return unavailable(`it answers HTTP ${error.status}${where}: ${error.message}`, INSTALL, error)
  return unavailable(
    `it does not answer${where}: ${code || messageOf(error)}`,
    `Check ${endpoint.from === 'default' ? 'Docker' : endpoint.from}.`,
    error,
  )
}
