import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {accessSync, constants, readdirSync} from 'node:fs'
import path from 'node:path'
import {createInterface} from 'node:readline'
import type {Readable, Writable} from 'node:stream'
import {text} from 'node:stream/consumers'

const debian = '/usr/lib/postgresql'

/** The folder with the programs of the newest PostgreSQL that is installed; undefined when there is none. */
export function postgresBin(): string | undefined {
  const versions = readVersions().toSorted((a, b) => Number(b) - Number(a))
  const folders = [
    ...versions.map((version) => path.join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ]
  return folders.find((folder) => isProgram(path.join(folder, 'pg_dump')) && isProgram(path.join(folder, 'pg_restore')))
}

export type ToolRun = {
  /** Of the database; reaches the program by its environment: arguments are seen by everyone on the machine. */
  url: string
  signal: AbortSignal
  feed?: (stdin: Writable) => Promise<void>
  read?: (stdout: Readable) => Promise<void>
  /** Each line of its standard error. */
  onLine?: (line: string) => void
}

/** Runs pg_dump, pg_restore or psql to its end. @returns its exit status. @throws AbortError, when stopped */
export async function runTool(bin: string, argv: [string, ...string[]], run: ToolRun): Promise<number> {
  const {feed, onLine = () => {}, read, signal, url} = run
  const [program, ...args] = argv
  const child = spawn(path.join(bin, program), args, {env: connectionEnv(url), signal, killSignal: 'SIGKILL'})
  const ended = once(child, 'close')
  const lines = createInterface({input: child.stderr})
  lines.on('line', onLine)
  // A program that ends early takes no more input: its status tells why.
  const fed = feed ? feed(child.stdin).catch(() => {}) : child.stdin.end()
  const heard = read ? read(child.stdout) : child.stdout.resume()
  const [[code]] = (await Promise.all([ended, fed, heard])) as [[number | null], unknown, unknown]
  signal.throwIfAborted()
  return code ?? 1
}

/** What SQL given on standard input answers, fields parted by `|`. @throws Error with what psql says */
export async function psql(bin: string, url: string, sql: string): Promise<string> {
  const args = ['--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--set=ON_ERROR_STOP=1']
  const child = spawn(path.join(bin, 'psql'), args, {env: connectionEnv(url)})
  child.stdin.on('error', () => {})
  child.stdin.end(sql)
  const [out, err, [code]] = (await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])) as [
    string,
    string,
    [number | null],
  ]
  if (code !== 0) throw new Error(`psql: ${err.trim()}`)
  return out.trim()
}

function connectionEnv(url: string): NodeJS.ProcessEnv {
  const {hostname, password, pathname, port, username} = new URL(url)
  return {
    PATH: process.env.PATH,
    LC_ALL: 'C.UTF-8',
    PGHOST: hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGCONNECT_TIMEOUT: '20',
  }
}

function readVersions(): string[] {
  try {
    return readdirSync(debian).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
