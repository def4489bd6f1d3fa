import {spawn} from 'node:child_process'
import {access, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

import {projectRoot, toolPath} from '../../scripts/lib/cache.mjs'

/** What a finished `heroku` process left: exactly one of `code` and `signal` is null. */
export type HerokuResult = {code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string}

/** A `heroku` process that runs. */
export type HerokuProcess = {
  pid: number
  kill(signal: NodeJS.Signals): void
  /** What it has written so far. */
  stdout(): string
  stderr(): string
  /** Resolves as soon as the text is on stdout or stderr. @throws Error with all it wrote, when it ends without */
  says(text: RegExp | string): Promise<void>
  done: Promise<HerokuResult>
}

/** A home directory of its own for the CLI, with its data, config and cache inside. */
export type HerokuHome = {dir: string; env: NodeJS.ProcessEnv; remove(): Promise<void>}

export type HerokuOptions = {
  /** Added to an environment that holds nothing of the machine's but PATH and the language. */
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** The node that runs the CLI; `herokuNode()` when left out. */
  nodeBinary?: string
  /** Milliseconds until the process is killed and the call rejects; 60 s when left out. */
  timeoutMs?: number
  /** When left out: a fresh home with the plugin in it, removed afterwards. */
  home?: HerokuHome
}

/** The stock CLI's entry point. @throws Error that says how to install it */
export async function herokuCli(): Promise<string> {
  const onDisk = process.env.REAL_HEROKU_CLI || toolPath('heroku')
  await there(onDisk, 'the stock Heroku CLI is not installed: `npm test` installs it')
  return onDisk
}

/** Node of this major version. @throws Error that says how to install it */
export async function nodeBinary(major: 20 | 22): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const binary = toolPath(major === 20 ? 'node20' : 'node22')
  await there(binary, `Node ${major} is not installed: \`npm test\` installs it`)
  return binary
}

/** The node that runs the CLI: 22, which its installers bundle, where it is there; else the one that runs the tests. */
export function herokuNode(): Promise<string> {
  return nodeBinary(22).catch(() => process.execPath)
}

/** A home as a fresh machine has it, except that the terms of service have been shown once. */
export async function emptyHome(): Promise<HerokuHome> {
  const dir = await mkdtemp(path.join(tmpdir(), 'heroku-home-'))
  const env = {
    HOME: dir,
    XDG_DATA_HOME: path.join(dir, 'data'),
    XDG_CONFIG_HOME: path.join(dir, 'config'),
    XDG_CACHE_HOME: path.join(dir, 'cache'),
  }
  await mkdir(path.join(env.XDG_CACHE_HOME, 'heroku'), {recursive: true})
  await writeFile(path.join(env.XDG_CACHE_HOME, 'heroku', 'terms-of-service'), '')
  return {dir, env, remove: () => rm(dir, {recursive: true, force: true, maxRetries: 5})}
}

/**
 * A home in which the plugin of this work tree is installed, as `plugins:install file:<project>` leaves it: a symlink and an
 * entry. Made by hand in a millisecond, so that each test has its own; that the stock CLI's own commands do the same is what
 * test/plugin/loading.test.ts shows. Not `plugins:link`: a linked plugin loads the TypeScript compiler at every start, 0.6 s each.
 */
export async function linkedHome(plugin = projectRoot): Promise<HerokuHome> {
  const home = await emptyHome()
  const data = path.join(home.dir, 'data', 'heroku')
  await mkdir(path.join(data, 'node_modules'), {recursive: true})
  await symlink(plugin, path.join(data, 'node_modules', 'heroku-pipeline-ship'), 'dir')
  const url = `file:${plugin}`
  const installed = {
    private: true,
    dependencies: {'heroku-pipeline-ship': url},
    oclif: {schema: 1, plugins: [{name: 'heroku-pipeline-ship', type: 'user', url}]},
  }
  await writeFile(path.join(data, 'package.json'), JSON.stringify(installed, null, 2))
  return home
}

/** Runs the stock CLI to its end. @throws Error with all it wrote, when it takes longer than `timeoutMs` */
export async function runHeroku(argv: string[], options: HerokuOptions = {}): Promise<HerokuResult> {
  const started = await startHeroku(argv, options)
  return started.done
}

/** Starts the stock CLI, without a terminal and with nothing on stdin. */
export async function startHeroku(argv: string[], options: HerokuOptions = {}): Promise<HerokuProcess> {
  const cli = await herokuCli()
  const home = options.home ?? (await linkedHome())
  const child = spawn(options.nodeBinary ?? (await herokuNode()), ['--no-deprecation', cli, ...argv], {
    cwd: options.cwd ?? home.dir,
    env: herokuEnv(home, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out = {stdout: '', stderr: ''}
  const waiting = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      out[stream] += text
      for (const look of waiting) look()
    })
  }

  const all = () => `heroku ${argv.join(' ')}\n--- stdout\n${out.stdout}\n--- stderr\n${out.stderr}`
  const timeoutMs = options.timeoutMs ?? 60_000
  const done = new Promise<HerokuResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`still running after ${timeoutMs} ms: ${all()}`))
    }, timeoutMs)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({code, signal, ...out})
    })
  }).finally(async () => {
    if (!options.home) await home.remove()
  })
  // Whoever waits on says() alone must not meet an unhandled rejection.
  done.catch(() => {})

  const says = async (text: RegExp | string) => {
    const said = () =>
      [out.stdout, out.stderr].some((s) => (typeof text === 'string' ? s.includes(text) : text.test(s)))
    let look = () => {}
    const heard = new Promise<void>((resolve) => {
      look = () => void (said() && resolve())
      waiting.add(look)
      look()
    })
    const ended = done.then(() => {
      if (!said()) throw new Error(`ended without saying ${text}: ${all()}`)
    })
    await Promise.race([heard, ended]).finally(() => waiting.delete(look))
  }

  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    stdout: () => out.stdout,
    stderr: () => out.stderr,
    says,
    done,
  }
}

/** The environment of a `heroku` process: of the machine only PATH and the language; no telemetry, no look for updates. */
export function herokuEnv(home: HerokuHome, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const {PATH, LANG, LC_ALL, TZ} = process.env
  return {
    PATH,
    LANG,
    LC_ALL,
    TZ,
    DISABLE_TELEMETRY: 'true',
    HEROKU_DISABLE_AUTOUPDATE: 'true',
    HEROKU_SKIP_NEW_VERSION_CHECK: 'true',
    ...home.env,
    ...more,
  }
}

async function there(file: string, otherwise: string): Promise<void> {
  await access(file).catch(() => {
    throw new Error(otherwise)
  })
}
