import type {RunEvent} from '../run/events.js'

/** How far something is. What an event does not name stays as it was; a new message starts new numbers. */
export type Progress = {message?: string; current?: number; total?: number; unit?: 'bytes' | 'steps'}

/** A part of a step, such as the build of one process type. Times in milliseconds since the epoch, `ms` a duration. */
export type ItemView = Progress & {name: string; since: number; done?: 'failed' | 'ok'; ms?: number}

export type LogLine = {item?: string; line: string}

export type StepView = {
  id: string
  title: string
  state: 'done' | 'failed' | 'pending' | 'running' | 'stuck' | 'undoing' | 'undone'
  /** When it, or its undo, began. */
  since: number
  /** The step's own sub-progress. */
  own: Progress
  /** In the order in which they were first heard of. */
  items: ItemView[]
  /** The last lines of each item and of the step itself, oldest first. */
  log: LogLine[]
}

/** The state of a run as a screen shows it: a pure function of the events so far. */
export type View = {
  run?: {command: string; app: string; since: number}
  /** The steps of the plan under way, and what was undone of an earlier one. */
  steps: StepView[]
  plan?: string
  /** Since when the site is down, ms since the epoch. */
  downSince?: number
  /** The plan goes no further: a step failed or a signal came; what is pending stays undone. */
  stopping: boolean
  ended: boolean
}

export const emptyView: View = {steps: [], stopping: false, ended: false}

/** How many log lines of each item are kept: what a failing build shows. */
export const KEPT_LINES = 100

export function reduceView(view: View, event: RunEvent): View {
  switch (event.type) {
    case 'run-started':
      return {...emptyView, run: {command: event.command, app: event.app, since: event.at}}
    case 'plan-started':
      return {
        ...view,
        plan: event.plan,
        steps: event.steps.map(({id, title}) => newStep(id, title, 'pending', event.at)),
      }
    case 'step-started':
      return begin(view, event, 'running')
    case 'undo-started':
      return begin({...view, stopping: true}, event, 'undoing')
    case 'step-progress':
      return change(view, event.step, (step) => progressed(step, event))
    case 'step-log':
      return change(view, event.step, (step) => ({...step, log: kept(step.log, event)}))
    case 'step-succeeded':
      return change(view, event.step, (step) => ({...step, state: 'done'}))
    case 'step-failed':
      return {...change(view, event.step, (step) => ({...step, state: 'failed'})), stopping: true}
    case 'undo-succeeded':
      return change(view, event.step, (step) => ({...step, state: 'undone'}))
    case 'undo-failed':
      return change(view, event.step, (step) => ({...step, state: 'stuck'}))
    case 'signalled':
      return {...view, stopping: true}
    case 'run-ended':
      return {...view, ended: true}
    case 'downtime': {
      const {downSince = event.at, ...up} = view
      return event.down ? {...up, downSince} : up
    }

    case 'note':
    case 'step-begun':
    case 'warning':
      return view
  }
}

type ProgressEvent = RunEvent & {type: 'step-progress'}
type Loose<T> = {[name in keyof T]?: T[name] | undefined}

/** The step that does something now; at most one does. */
export const busyStep = (view: View): StepView | undefined =>
  view.steps.findLast(({state}) => state === 'running' || state === 'undoing')

/** What a step does now, in words. */
export const titleOf = ({state, title}: StepView): string => (state === 'undoing' ? `Undoing: ${title}` : title)

function newStep(id: string, title: string, state: StepView['state'], since: number): StepView {
  return {id, title, state, since, own: {}, items: [], log: []}
}

function begin(view: View, event: {step: string; title: string; at: number}, state: StepView['state']): View {
  const fresh = newStep(event.step, event.title, state, event.at)
  const known = view.steps.some(({id}) => id === event.step)
  return {
    ...view,
    steps: known ? view.steps.map((step) => (step.id === event.step ? fresh : step)) : [...view.steps, fresh],
  }
}

/** What is said of a step that nobody announced is about nothing on the screen. */
const change = (view: View, id: string, to: (step: StepView) => StepView): View => ({
  ...view,
  steps: view.steps.map((step) => (step.id === id ? to(step) : step)),
})

function progressed(step: StepView, {type: _, step: __, at, item: name, done, ...said}: ProgressEvent): StepView {
  if (name === undefined) return {...step, own: newer(step.own, said)}
  const known = step.items.find((item) => item.name === name)
  const since = known?.since ?? at
  const item = {...newer(known ?? {}, said), name, since, ...(done ? {done, ms: at - since} : {})}
  return {...step, items: known ? step.items.map((other) => (other === known ? item : other)) : [...step.items, item]}
}

function newer({message, current, total, unit}: Loose<Progress>, said: Progress): Progress {
  const starts = said.message !== undefined && said.message !== message
  const before = starts ? {message} : {message, current, total, unit}
  return defined({...before, ...said})
}

const defined = (progress: Loose<Progress>): Progress =>
  Object.fromEntries(Object.entries(progress).filter(([, value]) => value !== undefined))

function kept(log: LogLine[], {item, line}: {item?: string; line: string}): LogLine[] {
  const next = [...log, item === undefined ? {line} : {item, line}]
  if (next.filter((other) => other.item === item).length <= KEPT_LINES) return next
  const oldest = next.findIndex((other) => other.item === item)
  return next.filter((_, index) => index !== oldest)
}
