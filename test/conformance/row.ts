import type {LocalHeroku} from '../platform/index.js'
import {APP} from './stranger.js'

/** One command of a stranger, and what a person who types it against Heroku would get. */
export type Row = {
  /**
   * As typed, a variable in front included. The stock CLI's get `--app example-app` unless they name an app or are `noApp`; REGISTRY stands for the
   * registry's host, IMAGE for an archive in OCI layout, LAYER for the tar of a file system, FOLDER for the one that it is typed in, with Dockerfile.web and Dockerfile.worker.
   */
  command: string
  exit: number
  /** Lines it says on either stream, as `normalise` leaves them; with `…` at an end, a part of a line. None: it says nothing. */
  sees: string[]
  /** Not of any app. */
  noApp?: true
  /** What is typed on its standard input. */
  input?: (heroku: LocalHeroku) => string
  /** Besides the platform's exports. */
  env?: (heroku: LocalHeroku) => Record<string, string>
  /** What is special about the platform or the input, in words. */
  when?: string
  given?: (heroku: LocalHeroku) => Promise<void> | void
  /** What is so afterwards, in words, and whether it is. */
  after?: [words: string, holds: (heroku: LocalHeroku) => boolean]
}

/** The words of a command line, with the app in it, and the variables in front of it. */
export function parseCommand({command, noApp}: Row): {argv: string[]; variables: Record<string, string>} {
  const [, before = '', rest = ''] = /^((?:[A-Z_]+=\S* )*)(.*)$/.exec(command) ?? []
  const variables = Object.fromEntries(
    before
      .trim()
      .split(' ')
      .filter(Boolean)
      .map((one) => one.split('=')),
  )
  return {argv: withApp(rest, noApp ?? false), variables}
}

function withApp(command: string, noApp: boolean): string[] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  if (words[0] !== 'heroku' || noApp || words.includes('--app')) return words
  const end = words.includes('--') ? words.indexOf('--') : words.length
  return words.toSpliced(end, 0, '--app', APP)
}

/** What is wrong with these lines: those that the row promises and that were not said, or all when nothing was to be said. */
export function wrongLines({sees}: Row, lines: string[]): string[] {
  if (sees.length === 0) return lines
  return sees.filter((wanted) => !lines.some((line) => fits(line, wanted)))
}

function fits(line: string, wanted: string): boolean {
  const part = wanted.replace(/^…/, '').replace(/…$/, '')
  const [opens, closes] = [wanted.startsWith('…'), wanted.endsWith('…')]
  if (opens && closes) return line.includes(part)
  if (opens) return line.endsWith(part)
  return closes ? line.startsWith(part) : line === part
}
