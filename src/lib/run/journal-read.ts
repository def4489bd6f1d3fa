import {closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync} from 'node:fs'
import path from 'node:path'

import {JOURNAL_VERSION, type JournalEntry, journalFolder, type JournalLine, writeWhole} from './journal.js'
import {type RunStory, tellRun} from './run-story.js'

/** A file that is no journal, or one that this version does not understand: the message says which. */
export class JournalUnreadable extends Error {
  override readonly name = 'JournalUnreadable'
}

/** Journals are kept so long, in ms. */
const KEPT_MS = 30 * 24 * 60 * 60_000

/** What has to be a string, by type of line; a line that lacks it is as one that nobody wrote. */
const STRINGS: Record<JournalLine['type'], string[]> = {
  run: ['run', 'command', 'app'],
  plan: ['plan'],
  begin: ['step'],
  end: ['step'],
  memory: [],
  signal: ['signal'],
  undo: ['step'],
  undone: ['step'],
  outcome: ['outcome', 'message'],
  settled: ['by'],
}

/**
 * The run that a journal tells of. A killed process leaves its last line torn, and so it is left out, as are lines of kinds that
 * this version does not know.
 * @throws JournalUnreadable
 */
export function readJournal(text: string): RunStory {
  const [first, ...rest] = text.split('\n').flatMap((line) => parseLine(line) ?? [])
  if (first?.type !== 'run') throw new JournalUnreadable('it does not begin as the journal of a run does')
  const version: unknown = first.version
  if (version !== JOURNAL_VERSION) {
    throw new JournalUnreadable(
      `it is of version ${String(version)}, and this plugin reads version ${JOURNAL_VERSION}: heroku plugins:update`,
    )
  }

  return tellRun([first, ...rest])
}

function parseLine(text: string): JournalLine | undefined {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return undefined
  }

  if (typeof line !== 'object' || line === null || !('type' in line)) return undefined
  const known = STRINGS[line.type as JournalLine['type']] as string[] | undefined
  const fields = line as Record<string, unknown>
  const whole = known && [...known, 'at'].every((name) => typeof fields[name] === 'string')
  if (!whole || (line.type === 'plan' && !Array.isArray(fields.steps))) return undefined
  return line as JournalLine
}

/** A journal that was read. */
export type JournalFile = {file: string; story: RunStory}

/** Reads one. @throws JournalUnreadable, named after the file; also when it can't be opened */
export function readJournalFile(file: string): JournalFile {
  try {
    return {file, story: readJournal(readFileSync(file, 'utf8'))}
  } catch (error) {
    throw new JournalUnreadable(`Can't read the journal ${file}: ${(error as Error).message}`, {cause: error})
  }
}

/** The journals of an app under the CLI's data directory, the newest first; what is none is left out. */
export function listJournals(dataDir: string, app: string): JournalFile[] {
  const folder = journalFolder(dataDir, app)
  return namesIn(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .reverse()
    .flatMap((name) => {
      try {
        return [readJournalFile(path.join(folder, name))]
      } catch {
        return []
      }
    })
}

/** Adds a line to a journal whose process is gone, on a line of its own. @throws when it can't be written */
export function addToJournal(file: string, now: number, entries: JournalEntry[]): void {
  const fd = openSync(file, 'a+', 0o600)
  try {
    const {size} = fstatSync(fd)
    const last = Buffer.alloc(1)
    const torn = size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== '\n'
    const at = new Date(now).toISOString()
    writeWhole(fd, (torn ? '\n' : '') + entries.map((entry) => JSON.stringify({at, ...entry}) + '\n').join(''))
  } finally {
    closeSync(fd)
  }
}

/** Removes the journals of all apps that nothing was written to for 30 days. Never throws: it is no run's business. */
export function pruneJournals(dataDir: string, now: number): void {
  const all = journalFolder(dataDir, '')
  for (const folder of namesIn(all).map((name) => path.join(all, name))) {
    for (const file of namesIn(folder).map((name) => path.join(folder, name))) {
      try {
        if (file.endsWith('.ndjson') && now - statSync(file).mtimeMs > KEPT_MS) rmSync(file)
      } catch {
        // Somebody else prunes as well.
      }
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
