import type {End} from './cell.js'

/** What tells that a command ran. */
export const RAN = {flush: 'ran.flush: 0 → 1', migrate: 'ran.migrate: 0 → 1', smoke: 'ran.smoke: 0 → 1'}
const WORKERS_GONE = ['dynos.worker.1: up, old image → none', 'dynos.worker.2: up, old image → none']
const SHIPPED = [
  ...['clock.1', 'worker.1', 'worker.2'].map((dyno) => `dynos.${dyno}: up, old image → up, new image`),
  'formation.clock: 1 × old image → 1 × new image',
  'formation.web: 0 × old image → 0 × new image',
  'formation.worker: 2 × old image → 2 × new image',
]

/** The differences of a world, in the order in which they are listed. */
const lines = (...differences: string[][]): string[] => differences.flat().sort()

export const DONE: End = {name: 'done', exit: 0, leaves: lines(Object.values(RAN))}
export const SHIPPED_TOO: End = {
  name: 'done',
  exit: 0,
  leaves: lines(SHIPPED, Object.values(RAN), ['releases: 4 → 5']),
}
/** What was changed has been undone. */
export const UNDONE: End = {name: 'undone', exit: 1, leaves: []}

type What = {
  /** What ran; the migration when left out. */
  ran?: Array<keyof typeof RAN>
  workers?: 'at 0' | 'back'
  maintenance?: 'off' | 'on'
  preboot?: 'off' | 'on'
}

/** A window that stays open: maintenance on, workers at 0, preboot off, unless said otherwise. */
export function held({maintenance = 'on', preboot = 'off', ran = ['migrate'], workers = 'at 0'}: What = {}): End {
  const leaves = lines(
    ran.map((name) => RAN[name]),
    workers === 'at 0' ? [...WORKERS_GONE, 'formation.worker: 2 × old image → 0 × old image'] : [],
    maintenance === 'on' ? ['maintenance: false → true'] : [],
    preboot === 'off' ? ['features: preboot → none'] : [],
  )
  return {name: 'held', exit: 4, leaves}
}

/** An end in which more differs, or less; with another exit code it has another name. */
export function but(end: End, {and = [], exit, without = []}: {and?: string[]; exit?: 4; without?: string[]}): End {
  const leaves = lines(
    end.leaves.filter((line) => !without.includes(line)),
    and,
  )
  return {...end, leaves, ...(exit ? {name: 'held', exit} : {})}
}
