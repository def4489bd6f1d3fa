import {execFile, spawn} from 'node:child_process'
import {access, mkdir, mkdtemp, open, readFile, rm} from 'node:fs/promises'
import {request} from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {promisify} from 'node:util'

import {cacheDir, projectRoot} from '../../scripts/lib/cache.mjs'

const run = promisify(execFile)

/** A Docker Engine for tests, named as DOCKER_HOST names one. `stop` ends it only when we started it. */
export type TestEngine = {host: string; stop(): Promise<void>}

/** Why this machine has none. */
export type NoEngine = {host?: undefined; reason: string}

const DEADLINE_MS = 60_000

/** How test files inherit the engines of `startSharedEngines`; `needs` looks for the same names. */
const SHARED = {docker: 'REAL_DOCKER_HOST', newer: 'REAL_NEWER_DOCKER_HOST'} as const

/** Debian's docker.io or whatever engine answers here: the shared one, DOCKER_HOST, the default socket, else a dockerd of our own. */
export async function debianEngine(): Promise<NoEngine | TestEngine> {
  for (const host of [process.env[SHARED.docker], process.env.DOCKER_HOST, 'unix:///var/run/docker.sock']) {
    if (host && (await answers(host))) return {host, async stop() {}}
  }
  return startDockerd().catch((error: Error) => ({reason: error.message}))
}

/** A newer engine with the containerd image store, Docker 29's default, beside the other one. */
async function newerEngine(): Promise<NoEngine | TestEngine> {
  const shared = process.env[SHARED.newer]
  if (shared && (await answers(shared))) return {host: shared, async stop() {}}
  return startNewer().catch((error: Error) => ({reason: error.message}))
}

/**
 * Starts both engines once for a whole test run and leaves their addresses in the environment, for test files to inherit; call it in
 * a vitest globalSetup and return its result. An engine that can't be had is missing there, and `reasons` says why.
 */
export async function startSharedEngines(): Promise<{
  env: Record<string, string>
  reasons: string[]
  stop(): Promise<void>
}> {
  const engines = [[SHARED.docker, await debianEngine()] as const, [SHARED.newer, await newerEngine()] as const]
  const env = Object.fromEntries(engines.flatMap(([name, engine]) => (engine.host ? [[name, engine.host]] : [])))
  Object.assign(process.env, env)
  return {
    env,
    reasons: engines.flatMap(([, engine]) => (engine.host === undefined ? [engine.reason] : [])),
    async stop() {
      for (const [name, engine] of engines) {
        Reflect.deleteProperty(process.env, name)
        if (engine.host) await engine.stop()
      }
    },
  }
}

async function startDockerd(): Promise<TestEngine> {
  if (process.getuid?.() !== 0) throw new Error('no Docker Engine answers, and only root can start one')
  await run('dockerd', ['--version']).catch(() => {
    throw new Error('no Docker Engine answers, and dockerd is not installed')
  })
  const dir = await mkdtemp(path.join(tmpdir(), 'ship-docker-'))
  const bridge = await addBridge()
  const log = await open(path.join(dir, 'log'), 'w')
  const folders = ['--data-root', `${dir}/data`, '--exec-root', `${dir}/exec`, '--pidfile', `${dir}/pid`]
  const network = [`--bridge=${bridge}`, '--iptables=false', '--ip6tables=false']
  const host = `unix://${dir}/docker.sock`
  const daemon = spawn('dockerd', ['--host', host, ...folders, ...network], {
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  })
  daemon.unref()
  await log.close()
  const ended = new Promise<void>((resolve) => {
    daemon.once('exit', () => resolve()).once('error', () => resolve())
  })
  const stop = async () => {
    daemon.ref()
    daemon.kill('SIGTERM')
    await Promise.race([
      ended,
      sleep(20_000, undefined, {ref: false})
        .then(() => daemon.kill('SIGKILL'))
        .then(() => ended),
    ])
    await run('ip', ['link', 'del', bridge]).catch(() => {})
    await rm(dir, {recursive: true, force: true, maxRetries: 5, retryDelay: 200})
  }
  const up = await Promise.race([until(() => answers(host)), ended.then(() => false)])
  if (up) return {host, stop}
  const said = (await readFile(path.join(dir, 'log'), 'utf8')).trim().split('\n').at(-1) ?? ''
  await stop()
  throw new Error(`dockerd does not start: ${said}`)
}

/** A bridge of its own: with `--bridge=none`, and on the default one, dockerd would meddle with a neighbour's. */
async function addBridge(): Promise<string> {
  const name = `ship${process.pid}`
  const subnet = 100 + (process.pid % 100)
  await run('ip', ['link', 'add', name, 'type', 'bridge'])
  await run('ip', ['addr', 'add', `172.30.${subnet}.1/24`, 'dev', name])
  await run('ip', ['link', 'set', name, 'up'])
  return name
}

/** Not part of the project: where it is missing, tests of the newer engine need REAL_NEWER_DOCKER_HOST. */
const newerDocker = path.join(projectRoot, '../shared/tools/newer-docker')
const newerDir = path.join(cacheDir, 'newer-docker')

async function startNewer(): Promise<TestEngine> {
  const host = `unix://${newerDir}/run/docker.sock`
  if (await answers(host)) return {host, async stop() {}}
  if (process.getuid?.() !== 0) throw new Error('only root can start the newer engine')
  await access(newerDocker).catch(() => {
    throw new Error('the script that starts a newer engine is not there')
  })
  await mkdir(newerDir, {recursive: true})
  const script = async (verb: string, ...argv: string[]) => {
    // Its daemon inherits the pipes: a file takes what it says, so that the call ends with the script.
    const log = await open(path.join(newerDir, `${verb}.log`), 'w')
    const child = spawn(newerDocker, [verb, newerDir, ...argv], {stdio: ['ignore', log.fd, log.fd]})
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('exit', resolve).once('error', reject),
    )
    await log.close()
    if (code !== 0) throw new Error(`newer-docker ${verb} fails: see ${newerDir}/${verb}.log`)
  }
  await script('setup', 'trixie')
  // What earlier runs built, and what a killed one left: BuildKit gives up starting on gigabytes of it after 10 s.
  for (const left of ['data', 'sock']) await rm(path.join(newerDir, 'root', left), {recursive: true, force: true})
  await script('start')
  if (!(await until(() => answers(host))))
    throw new Error(`the newer engine does not answer: see ${newerDir}/dockerd.log`)
  return {host, stop: () => script('stop')}
}

async function until(condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + DEADLINE_MS
  while (Date.now() < deadline) {
    if (await condition()) return true
    await sleep(200)
  }
  return false
}

async function answers(host: string): Promise<boolean> {
  const url = URL.canParse(host) ? new URL(host) : undefined
  if (!url) return false
  const where = url.protocol === 'unix:' ? {socketPath: url.pathname} : {host: url.hostname, port: url.port || 2375}
  return new Promise((resolve) => {
    const asked = request({...where, path: '/_ping', timeout: 5000}, (response) =>
      resolve(response.resume().statusCode === 200),
    )
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(false))
    asked.end()
  })
}
