import {randomBytes} from 'node:crypto'
import {rmSync} from 'node:fs'
import {hostname} from 'node:os'

import {type Clock, systemClock} from '../run/clock.js'
import {messageOf} from '../run/errors.js'
import type {RunEvent} from '../run/events.js'
import {type Journal, journalPath, JOURNAL_VERSION, openJournal} from '../run/journal.js'
import {pruneJournals} from '../run/journal-read.js'
import {createRedactor, type Redact} from '../run/redact.js'
import {beginRun, type Run} from '../run/run.js'
import type {Json} from '../run/step.js'
import {Refused} from '../app/refused.js'
import {chooseRenderer, type Renderer} from '../ui/choose.js'
import {leaveNow, leaveUntouched, readyForHangup} from './leave.js'
import {takeOverSignals} from './signals.js'
import {tellBeside} from './tell-beside.js'

/** What a command needs to run plans: where the journal goes, how the story is told, what must never be told. */
export type SessionOptions = {
  command: string
  /** As the user names it. */
  app: string
  json: boolean
  dataDir: string
  /** `--journal FILE`, instead of a file under the CLI's data directory. */
  journalFile?: string
  secrets: string[]
}

/** A command's frame around its run: journal, renderer, signals, all of them given back by `end`. */
export interface Session {
  clock: Clock
  redact: Redact
  /** Every event so far: what the report is made from. */
  events: RunEvent[]
  /** Opens journal and renderer; from here on effects may begin. @throws Refused when there can be no journal */
  begin(app: string, facts: Json): Promise<Run>
  journal(): string | undefined
  /** The journal's file, when a person has to name it to find it again. */
  namedJournal: string | undefined
  /** Says what is worth knowing, in the story once there is one. */
  warn(message: string): void
  end(): Promise<void>
}

export function openSession(options: SessionOptions): Session {
  const clock = systemClock
  const redact = createRedactor(options.secrets)
  const events: RunEvent[] = []
  let renderer: Renderer | undefined
  let journal: Journal | undefined
  let run: Run | undefined
  const onHangup = readyForHangup()
  const giveBack = takeOverSignals(
    (signal) => {
      if (signal === 'SIGHUP') onHangup()
      if (run) run.interrupt(signal)
      else leaveUntouched({...options, signal})
    },
    (signal) => {
      const say = (): never => leaveNow({...options, signal}, run?.left() ?? [])
      // A renderer that hangs must not keep us.
      setTimeout(say, 200)
      renderer?.close().then(say, say)
    },
  )

  return {
    clock,
    redact,
    events,
    journal: () => journal?.path,
    namedJournal: options.journalFile,
    warn(message) {
      if (run) run.emit({type: 'warning', message})
      else tellBeside(redact(message))
    },
    async begin(app, facts) {
      const {command} = options
      const id = randomBytes(4).toString('hex')
      const file = options.journalFile ?? journalPath(options.dataDir, app, id, clock.now())
      const opened = orRefused(options, () => openJournal(file, () => clock.now()))
      journal = opened
      const onEvent = (event: RunEvent): void => {
        events.push(event)
        renderer?.emit(event)
      }

      const begun = beginRun({id, clock, journal: opened, redact, onEvent})
      const writer = {pid: process.pid, host: hostname()}
      orRefused(options, () => {
        try {
          begun.write({type: 'run', version: JOURNAL_VERSION, run: id, command, app, ...writer, facts})
        } catch (error) {
          // Half a line is no journal.
          rmSync(file, {force: true})
          throw error
        }
      })
      const {env, stderr, stdout} = process
      renderer = await chooseRenderer({json: options.json, stdout, stderr, env})
      run = begun
      pruneJournals(options.dataDir, clock.now())
      run.emit({type: 'run-started', run: id, command, app})
      return run
    },
    async end() {
      giveBack()
      await renderer?.close()
      journal?.close()
    },
  }
}

/** Without a journal nothing begins. @throws Refused */
function orRefused<T>({command}: SessionOptions, work: () => T): T {
  try {
    return work()
  } catch (error) {
    // There --journal names the journal that is read.
    const fix =
      command === 'pipeline:recover'
        ? 'Make room there, or make it writable.'
        : 'Make room or choose another place with --journal FILE.'
    throw new Refused([{message: messageOf(error), fix}])
  }
}
