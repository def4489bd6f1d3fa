import {createHash, randomInt} from 'node:crypto'

/** The two commands that open a window. */
export const COMMANDS = ['pipeline:maintenance-migrate', 'pipeline:ship --migrate'] as const
export type CommandId = (typeof COMMANDS)[number]

/** Where a process dies, at a line of its journal or at one of its requests. */
export const MOMENTS = {
  journal: ['before the line', 'half-way through the line', 'after the line'],
  request: ['before it is sent', 'before its answer', 'after its answer'],
} as const
export type Place = keyof typeof MOMENTS
export type Moment = (typeof MOMENTS)[Place][number]

/** How it is put right: by its journal, or by a person who has only what was printed. */
export const WAYS = ['with the journal', 'without it'] as const
export type Way = (typeof WAYS)[number]

/** One death. `nth` counts lines or requests, from 1; `long`: the migration goes on after it; `fails`: it ends badly. */
export type Point = {
  command: CommandId
  place: Place
  nth: number
  moment: Moment
  way: Way
  long: boolean
  fails: boolean
  /** What a person chooses where either way is right. */
  choice: 'resume' | 'rollback'
}

/** What a run of a command has that nobody kills: how many lines, and which of its requests change something of the app. */
export type Extent = Record<CommandId, {lines: number; writes: boolean[]}>

/**
 * Every death there is, in an order that hangs on the seed alone; so do the choices. Around a read, which leaves the same world
 * whenever one dies, the two ways take turns; these come last.
 */
export function allPoints(extent: Extent, seed: number): Point[] {
  const points = COMMANDS.flatMap((command) => {
    const {lines, writes} = extent[command]
    return [
      ...Array.from({length: lines}, (_, index) => ({place: 'journal' as const, nth: index + 1, writes: true})),
      ...writes.map((changes, index) => ({place: 'request' as const, nth: index + 1, writes: changes})),
    ].flatMap(({writes: both, ...at}) =>
      MOMENTS[at.place].flatMap((moment, turn) => {
        const ways = both ? WAYS : [WAYS[(at.nth + turn) % 2]!]
        return ways.map((way) => ({both, point: {command, ...at, moment, way}}))
      }),
    )
  })
  const keyed = points.map(({both, point}) => {
    // Of each point by itself: one request more or less changes nothing for the others.
    const random = randomOf(`${seed} ${Object.values(point).join(' ')}`)
    const choice = random() < 0.5 ? 'resume' : 'rollback'
    const key = random() + (both ? 0 : 1)
    return {key, point: {...point, long: random() < 0.25, fails: random() < 0.2, choice} satisfies Point}
  })
  return keyed.sort((a, b) => a.key - b.key).map(({point}) => point)
}

/**
 * So many of them, of every kind in turn: a small sample has some of each command, place, moment and way, and not only of the reads
 * that most requests are.
 */
export function sampleOf(points: Point[], count: number): Point[] {
  const kinds = new Map<string, Point[]>()
  for (const point of points) {
    const kind = kindOf(point)
    kinds.set(kind, [...(kinds.get(kind) ?? []), point])
  }

  const chosen: Point[] = []
  for (let round = 0; chosen.length < Math.min(count, points.length); round += 1) {
    for (const {[round]: point} of kinds.values()) if (point && chosen.length < count) chosen.push(point)
  }
  return chosen
}

const kindOf = ({command, moment, way}: Point): string => [command, moment, way].join(',')

/** `pipeline:ship --migrate, request 41, before its answer, put right without it (rollback)`. */
export function nameOf({choice, command, fails, long, moment, nth, place, way}: Point): string {
  const where = place === 'journal' ? `journal line ${nth}` : `request ${nth}`
  const migration = [...(long ? ['a long migration'] : []), ...(fails ? ['a migration that fails'] : [])]
  return `${command}, ${where}, ${moment}, put right ${way} (${[choice, ...migration].join(', ')})`
}

export const newSeed = (): number => randomInt(1, 1_000_000)

/** Mulberry32: numbers from 0 to 1 that follow from the seed. */
function randomOf(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE()
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
