import {execFile, spawn, type ChildProcess} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {chown, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer, type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'

import {postgresBin} from '../platform/data/tools.js'

const run = promisify(execFile)

/** A PostgreSQL server of its own, empty, on loopback and on a socket in its folder. */
export type Postgres = {
  /** Of the superuser; holds its password. */
  url: string
  /** Ends the server and waits for it; its data goes too. */
  stop(): Promise<void>
}

/** The programs of a server. @throws Error that says what is missing */
export async function postgresPrograms(): Promise<{bin: string; uid?: number; gid?: number}> {
  const bin = postgresBin()
  if (!bin) throw new Error("PostgreSQL is not installed: Debian's package is `postgresql`")
  await run(path.join(bin, 'postgres'), ['--version']).catch(() => {
    throw new Error(`${bin} has no server`)
  })
  if (process.getuid?.() !== 0) return {bin}
  // The server refuses root.
  const [uid, gid] = await Promise.all(['-u', '-g'].map((which) => idOf(which)))
  return {bin, uid: uid ?? 0, gid: gid ?? 0}
}

/** Starts one in a new temporary folder. @throws Error with what it says, when it does not come up */
export async function startPostgres(): Promise<Postgres> {
  const {bin, ...user} = await postgresPrograms()
  const folder = await mkdtemp(path.join(tmpdir(), 'pg-'))
  const remove = () => rm(folder, {recursive: true, force: true, maxRetries: 5})
  try {
    const password = randomBytes(12).toString('hex')
    const passwordFile = path.join(folder, 'password')
    await writeFile(passwordFile, password, {mode: 0o600})
    if (user.uid !== undefined) {
      for (const owned of [folder, passwordFile]) await chown(owned, user.uid, user.gid ?? user.uid)
    }

    const data = path.join(folder, 'data')
    const initArgs = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
    const options = {...user, cwd: folder, env: {PATH: process.env.PATH, LC_ALL: 'C.UTF-8'}}
    await run(path.join(bin, 'initdb'), [...initArgs, '--encoding=utf8', '--no-sync'], options)
    const {child, port} = await listening(bin, data, folder, options)
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      async stop() {
        await end(child)
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

type SpawnAs = {uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv}

/** PostgreSQL takes no port 0; where somebody else was quicker, the next free port is tried. */
async function listening(
  bin: string,
  data: string,
  folder: string,
  options: SpawnAs,
): Promise<{child: ChildProcess; port: number}> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const server = [path.join(bin, 'postgres'), '-D', data, '-k', folder, '-p', String(port), '-h', '127.0.0.1', '-F']
    // Its input is ours: when this process is gone, however it went, the server goes too.
    const script = '"$@" </dev/null & read -r _; kill -INT $! 2>/dev/null; wait $!'
    const child = spawn('/bin/sh', ['-c', script, 'sh', ...server], {...options, stdio: ['pipe', 'ignore', 'pipe']})
    try {
      await ready(child)
      return {child, port}
    } catch (error) {
      await end(child)
      if (attempt === 3 || !String(error).includes('Address already in use')) throw error
    }
  }
}

async function ready(child: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const failed = () => reject(new Error(`PostgreSQL does not come up: ${said.trim()}`))
    const timer = setTimeout(failed, 60_000)
    child.on('error', reject)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000)
      if (said.includes('ready to accept connections')) {
        clearTimeout(timer)
        resolve()
      } else if (said.includes('database system is shut down') || said.includes('FATAL')) {
        clearTimeout(timer)
        failed()
      }
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.stdin?.end()
  await exited
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function idOf(which: string): Promise<number> {
  const {stdout} = await run('id', [which, 'postgres']).catch(() => {
    throw new Error('PostgreSQL refuses root, and there is no user postgres')
  })
  return Number(stdout)
}
