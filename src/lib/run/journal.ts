import {closeSync, fsyncSync, mkdirSync, openSync, writeSync} from 'node:fs'
import path from 'node:path'

import type {Outcome} from './events.js'
import type {RunExitCode} from './exit-codes.js'
import type {Json} from './step.js'

/** Raised when a line changes its meaning; a reader refuses journals of a newer version. */
export const JOURNAL_VERSION = 1

/**
 * A line of the journal. The first is `run`; then, per plan, `plan` with what it was made from, and per step a `begin` with
 * what was seen, written and flushed before the effect, and an `end`. From these another process makes the same plan and runs
 * the same undos, newest first. `at` is ISO 8601.
 */
export type JournalLine = {at: string} & (
  | ({type: 'run'; version: typeof JOURNAL_VERSION; run: string; command: string; app: string; facts: Json} & Writer)
  | {type: 'plan'; plan: string; steps: string[]; input: Json}
  | {type: 'begin'; step: string; seen: Json}
  | {type: 'end'; step: string; ok: true; result: Json}
  /** `standing`: steps that had been restored and whose effect stands again. */
  | {type: 'end'; step: string; ok: false; failsAs: string; message: string; standing?: string[]}
  /** What the memory of the release that ran was, for `pipeline:memory` afterwards; no effect hangs on it. */
  | {type: 'memory'; baseline: Json}
  | {type: 'signal'; signal: string}
  | {type: 'undo'; step: string}
  | {type: 'undone'; step: string; ok: boolean; message?: string}
  | {type: 'outcome'; outcome: Outcome; exitCode: RunExitCode; message: string}
  /** Another run, by its id, has put right what this one left: nothing of it is open any more. */
  | {type: 'settled'; by: string}
)

/** Which process writes the journal: on its own machine one can see whether it is still at it. */
type Writer = {pid?: number; host?: string}

/** A line before the journal stamps the time on it. */
export type JournalEntry = JournalLine extends infer L ? (L extends {at: string} ? Omit<L, 'at'> : never) : never

/** A journal can't be written: the message names the file and says why. */
export class JournalUnwritable extends Error {
  override readonly name = 'JournalUnwritable'

  constructor(file: string, cause: unknown) {
    const {code = '', message} = cause as NodeJS.ErrnoException
    super(`Can't write the journal ${file}: ${WHY[code] ?? message}${code in WHY ? ` (${code})` : ''}`, {cause})
  }
}

const WHY: Record<string, string> = {
  EACCES: 'its folder may not be written to',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'the file is there already, and a journal is of one run',
  EFBIG: 'the file may not become larger',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
}

/** The write-ahead log of a run: when `write` returns, the line is on the disk. */
export interface Journal {
  /** Where it lies, for the report; undefined for one kept in memory. */
  path?: string
  /** @throws JournalUnwritable when the line cannot be made durable: the effect it announces must then not begin */
  write(entry: JournalEntry): void
  close(): void
}

/**
 * A journal in a file of its own, readable by its owner alone, every line flushed to the disk.
 * @throws JournalUnwritable when the file cannot be created; nothing has been touched then
 */
export function openJournal(file: string, now: () => number): Journal {
  const saying = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw new JournalUnwritable(file, error)
    }
  }

  const fd = saying(() => {
    mkdirSync(path.dirname(file), {recursive: true, mode: 0o700})
    return openSync(file, 'ax', 0o600)
  })
  // What a full disk took of a line must not spoil the next one.
  let torn = false
  return {
    path: file,
    write(entry) {
      saying(() => {
        const line = JSON.stringify({at: new Date(now()).toISOString(), ...entry}) + '\n'
        const lead = torn ? '\n' : ''
        torn = true
        writeWhole(fd, lead + line)
        torn = false
      })
    },
    close: () => closeSync(fd),
  }
}

/** Writes all of a text and flushes it: a disk that fills up takes a part and says nothing. @throws when it can't */
export function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done)
  fsyncSync(fd)
}

/** Where the journals of an app lie under the CLI's data directory. */
export function journalFolder(dataDir: string, app: string): string {
  return path.join(dataDir, 'pipeline-ship', 'journals', app)
}

/** Where a run's journal lies: by app, then by time, so that the newest sorts last. */
export function journalPath(dataDir: string, app: string, run: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-')
  return path.join(journalFolder(dataDir, app), `${stamp}-${run}.ndjson`)
}
