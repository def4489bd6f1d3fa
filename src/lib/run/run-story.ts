import type {JournalLine} from './journal.js'
import type {Json} from './step.js'

/** A step as a journal tells of it. */
export type StepStory = {
  step: string
  plan: string
  seen: Json
  /** When it began, ISO 8601. */
  at: string
  /** Undefined when the journal ends before the step does. */
  ended?: 'failed' | 'ok'
  result?: Json
  failsAs?: string
  message?: string
  /** Steps whose effect its failure brought back. */
  standing: string[]
  undone: boolean
}

/** A run as its journal tells of it. */
export type RunStory = Omit<JournalLine & {type: 'run'}, 'type' | 'version'> & {
  plans: Array<{plan: string; steps: string[]; input: Json}>
  /** In the order in which they began. */
  steps: StepStory[]
  /** Undoing had begun: the run had decided to go back. */
  undoing: boolean
  /** What the memory of the release that ran before was. */
  memory?: Json
  outcome?: Pick<JournalLine & {type: 'outcome'}, 'exitCode' | 'message' | 'outcome'>
  /** The run that put it right. */
  settledBy?: string
}

/** Plans that change nothing of the app. */
const HARMLESS = ['before', 'build']

/** Puts the lines of a journal together; the first is that of the run. */
export function tellRun([first, ...lines]: [JournalLine & {type: 'run'}, ...JournalLine[]]): RunStory {
  const {type: _, version: __, ...run} = first
  const story: RunStory = {...run, plans: [], steps: [], undoing: false}
  for (const line of lines) note(story, line)
  return story
}

/**
 * Whether somebody has to look after a run: it touched the app, and was killed or holds. Whether anything is left of it only its
 * plan can tell.
 */
export function mayBeOpen({outcome, settledBy, steps}: RunStory): boolean {
  if (settledBy !== undefined || (outcome && outcome.outcome !== 'held')) return false
  return steps.some(({plan, undone}) => !undone && !HARMLESS.includes(plan))
}

function note(story: RunStory, line: JournalLine): void {
  const step = 'step' in line ? story.steps.findLast(({step}) => step === line.step) : undefined
  switch (line.type) {
    case 'plan':
      return void story.plans.push({plan: line.plan, steps: line.steps, input: line.input})
    case 'begin': {
      const plan = story.plans.at(-1)?.plan ?? ''
      return void story.steps.push({step: line.step, plan, seen: line.seen, at: line.at, standing: [], undone: false})
    }

    case 'end':
      return void (step && Object.assign(step, endOf(line)))
    case 'undo':
      story.undoing = true
      return
    case 'undone':
      if (step) step.undone ||= line.ok
      return
    case 'outcome':
      story.outcome = {outcome: line.outcome, exitCode: line.exitCode, message: line.message}
      return
    case 'memory':
      story.memory = line.baseline
      return
    case 'settled':
      story.settledBy = line.by
      break
    case 'run':
    case 'signal':
  }
}

function endOf(line: JournalLine & {type: 'end'}): Partial<StepStory> {
  if (line.ok) return {ended: 'ok', result: line.result}
  return {ended: 'failed', failsAs: line.failsAs, message: line.message, standing: line.standing ?? []}
}
