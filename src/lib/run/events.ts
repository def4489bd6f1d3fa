import type {RunExitCode} from './exit-codes.js'

/** How a run ended, in one word; the exit code follows from it. */
export type Outcome = 'done' | 'failed' | 'held' | 'interrupted' | 'refused' | 'unchanged'

/** Something a run leaves behind, and the command a person would type to put it right. */
export type Left = {what: string; command?: string}

/** Sub-progress of a step. `item` names a part of it (a process type); absent, it is about the step itself. */
export type Progress = {
  item?: string
  /** What the item does now: "Dockerfile 3/7 RUN npm ci", "2 of 5 layers". */
  message?: string
  current?: number
  total?: number
  unit?: 'bytes' | 'steps'
  /** The item ended: well, or with a failure. */
  done?: 'failed' | 'ok'
}

/**
 * What a run tells whoever watches: renderers and the journal know nothing else. Plain JSON; `at` is in milliseconds since
 * the epoch, `ms` is a duration. Every text in it has been through the redactor: it holds no secret.
 */
export type RunEvent = {at: number} & (
  | {type: 'run-started'; run: string; command: string; app: string}
  /** A plan begins; a ship has two in a row, so more than one may come. */
  | {type: 'plan-started'; plan: string; steps: Array<{id: string; title: string; pivot: boolean}>}
  | {type: 'step-started'; step: string; title: string}
  /** Its effect begins: what would be left of it if the process died from here on, for whoever has only the output. */
  | {type: 'step-begun'; step: string; left: Left[]}
  | ({type: 'step-progress'; step: string} & Progress)
  /** A line of output of what the step watches (a build, a release phase, a dyno). */
  | {type: 'step-log'; step: string; item?: string; line: string}
  | {type: 'step-succeeded'; step: string; title: string; ms: number; summary?: string}
  | {type: 'step-failed'; step: string; title: string; ms: number; message: string}
  | {type: 'warning'; message: string}
  /** Worth knowing before the first effect. */
  | {type: 'note'; message: string}
  /** The site went down (maintenance on), or came back. */
  | {type: 'downtime'; down: boolean}
  /** A signal came: `message` says what happens now. */
  | {type: 'signalled'; signal: string; message: string}
  | {type: 'undo-started'; step: string; title: string}
  | {type: 'undo-succeeded'; step: string; title: string; ms: number; summary?: string}
  | {type: 'undo-failed'; step: string; title: string; ms: number; message: string}
  | {
      type: 'run-ended'
      outcome: Outcome
      exitCode: RunExitCode
      /** One or more sentences: what is true now. */
      message: string
      /** What is left behind, most urgent first; empty when the world is as it should be. */
      left: Left[]
    }
)

/** An event before the runner stamps the time on it. */
export type Untimed<E> = E extends {at: number} ? Omit<E, 'at'> : never

/** The one way out for what a run has to tell. */
export type Emit = (event: Untimed<RunEvent>) => void
