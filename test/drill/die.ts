import {writeFile} from 'node:fs/promises'
import type {IncomingMessage, ServerResponse} from 'node:http'
import path from 'node:path'

import type {LocalHeroku} from '../platform/index.js'
import type {HerokuProcess} from '../real/heroku-cli.js'
import type {Moment, Point} from './point.js'

type Serve = (req: IncomingMessage, res: ServerResponse) => void

/** A process that dies at a point. */
export type Death = {
  /** Beside the environment of a `heroku` process. */
  env: NodeJS.ProcessEnv
  /** From now on the death can come; requests of before are nobody's. */
  of(process: HerokuProcess): void
  /** What was struck: `PATCH /apps/A/formation`; undefined when it has not come. */
  struck(): string | undefined
}

/** Sends SIGKILL, from within, at a line of its journal: in the call that writes it, so that nothing comes in between. */
const DIE_AT_LINE = `
const fs = require('node:fs')
const {DRILL_LINE, DRILL_MOMENT} = process.env
const {fsyncSync, openSync, writeSync} = fs
const journals = new Set()
let line = 0
const die = () => {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}
fs.openSync = (file, ...more) => {
  const fd = openSync(file, ...more)
  if (String(file).endsWith('.ndjson') && more[0] === 'ax') journals.add(fd)
  return fd
}
fs.writeSync = (fd, text, ...more) => {
  if (!journals.has(fd) || ++line !== Number(DRILL_LINE)) return writeSync(fd, text, ...more)
  if (DRILL_MOMENT === 'before the line') die()
  if (DRILL_MOMENT === 'half-way through the line') {
    writeSync(fd, text.slice(0, text.length / 2))
    die()
  }
  return writeSync(fd, text, ...more)
}
fs.fsyncSync = (fd) => {
  fsyncSync(fd)
  if (journals.has(fd) && line === Number(DRILL_LINE)) die()
}
require('node:module').syncBuiltinESMExports()
`

export async function prepareDeath({moment, nth, place}: Point, heroku: LocalHeroku, folder: string): Promise<Death> {
  return place === 'journal' ? dieAtLine(nth, moment, folder) : dieAtRequest(nth, moment, heroku)
}

async function dieAtLine(nth: number, moment: Moment, folder: string): Promise<Death> {
  const file = path.join(folder, 'die-at-line.cjs')
  await writeFile(file, DIE_AT_LINE)
  return {
    env: {NODE_OPTIONS: `--require=${file}`, DRILL_LINE: `${nth}`, DRILL_MOMENT: moment},
    of() {},
    struck: () => undefined,
  }
}

/** The server of the local Heroku is in this process: it kills between receiving a request and having an effect. */
function dieAtRequest(nth: number, moment: Moment, {server}: LocalHeroku): Death {
  const [serve] = server.listeners('request') as [Serve]
  let process: HerokuProcess | undefined
  let seen = 0
  let struck: string | undefined
  server.removeAllListeners('request')
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (req.headers['x-particleboard'] || isOfApp(req) || ++seen !== nth) return serve(req, res)
    struck = shortOf(req)
    const kill = (): void => process?.kill('SIGKILL')
    if (moment === 'before it is sent') {
      kill()
      req.socket.destroy()
      return
    }

    if (moment === 'before its answer') kill()
    else killAfterAnswer(res, kill)
    serve(req, res)
  })
  return {
    env: {},
    of(one) {
      process = one
    },
    struck: () => struck,
  }
}

/** An answer that goes on for long, such as a log, counts from its first bytes on. */
function killAfterAnswer(res: ServerResponse, kill: () => void): void {
  res.once('finish', kill)
  const write = res.write.bind(res) as (...given: unknown[]) => boolean
  res.write = (...given: unknown[]) => {
    setImmediate(kill)
    return write(...given)
  }
}

/** The stock CLI and the app's visitors ask apps by their own hosts. */
const isOfApp = ({headers}: IncomingMessage): boolean => /^[\w-]+\.localhost/.test(headers.host ?? '')

const shortOf = ({method, url = ''}: IncomingMessage): string =>
  `${method} ${url
    .split('?')[0]!
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
    .replace(/sha256:[\da-f]{64}/, 'DIGEST')}`
