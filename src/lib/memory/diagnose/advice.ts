import type {DynoSize} from '../../heroku/memory-types.js'
import {rounded} from '../recording.js'
import type {Diagnosis, TypeDiagnosis} from '../types.js'

export type Advice = {
  type: string
  verdict: 'fits' | 'smaller' | 'bigger' | 'nothing-fits' | 'unknown'
  /** Now. */
  size?: DynoSize
  /** The smallest, then cheapest, that holds the peak with 20 % headroom, and that the tier allows. */
  advised?: DynoSize
  /** MiB that a dyno must have: peak / 0.8. */
  needed?: number
  /** Sentences for a person, without full stops: under 30 minutes of samples, one dyno per type on Eco and Basic, no preboot. */
  notes: string[]
}

/** What an app runs: of `GET /apps/X/formation`. */
export type FormationEntry = {type: string; size: string; quantity: number}

/** What the peak may be of the quota at most. */
const FULL = 0.8
const LEAST_MINUTES = 30
/** They come and go, and choose their size when they start. */
const ONE_OFF = new Set(['release', 'run', 'scheduler'])

type Given = {sizes: DynoSize[]; formation: FormationEntry[]; privateSpace?: boolean; generation?: string}

/**
 * The smallest dyno size, with its price, for each process type that a diagnosis knows the peak of. `sizes`: those the app may have;
 * `generation` and `privateSpace` of the app decide which count. A type stays in its tier as long as one of the tier's sizes holds
 * it: Eco and Basic take one dyno per type and have no preboot, and an app does not mix them with others (platform-facts §3.2).
 */
export function advise({types}: Diagnosis, given: Given): Advice[] {
  return types.filter(({type}) => !ONE_OFF.has(type)).map((type) => adviseType(type, given))
}

function adviseType(type: TypeDiagnosis, given: Given): Advice {
  const {peak} = type
  const entry = given.formation.find((each) => each.type === type.type)
  const size = given.sizes.find(({name}) => name.toLowerCase() === entry?.size.toLowerCase())
  const unknown = {type: type.type, verdict: 'unknown', ...(size && {size})} as const
  if (peak === undefined) return {...unknown, notes: [`nothing says how much memory ${type.type} takes`]}
  if (!entry) return {...unknown, notes: [`the app has no process type ${type.type} now`]}
  if (!size) return {...unknown, notes: [`nothing is known of the dyno size ${entry.size}`]}

  const needed = rounded(peak / FULL)
  const told = {type: type.type, size, needed}
  const advised = choose(size, needed, given)
  const notes = notesOn(type, entry, size, advised)
  if (!advised) return {...told, verdict: 'nothing-fits', notes}
  if (advised.memory === size.memory) return {...told, verdict: 'fits', advised: size, notes}
  return {...told, verdict: advised.memory < size.memory ? 'smaller' : 'bigger', advised, notes}
}

function choose(
  size: DynoSize,
  needed: number,
  {generation, privateSpace = false, sizes}: Given,
): DynoSize | undefined {
  const tier = tierOf(size)
  const holds = sizes
    .filter(
      (each) =>
        each.memory >= needed && each.privateOnly === privateSpace && isFir(each) === isFir({...size, generation}),
    )
    .sort((a, b) => a.memory - b.memory || (a.cents ?? Infinity) - (b.cents ?? Infinity))
  // From Eco and Basic the way up is out of the tier; nobody is led into them from above.
  const above = tier === 'eco' || tier === 'basic' ? 'production' : undefined
  return holds.find((each) => tierOf(each) === tier) ?? holds.find((each) => tierOf(each) === above)
}

const tierOf = ({name}: DynoSize): string =>
  /^(eco|basic|private|shield)\b/i.exec(name)?.[1]?.toLowerCase() ?? 'production'

/** Fir's sizes are named `dyno-1c-0.5gb` (platform-facts §8.6). */
const isFir = ({generation, name}: {generation?: string | undefined; name: string}): boolean =>
  generation === undefined ? name.startsWith('dyno-') : generation === 'fir'

function notesOn(type: TypeDiagnosis, entry: FormationEntry, size: DynoSize, advised: DynoSize | undefined): string[] {
  const minutes = ((type.to ?? 0) - (type.from ?? 0)) / 60_000
  const [tier, next] = [tierOf(size), advised && tierOf(advised)]
  const isSmallTier = tier === 'eco' || tier === 'basic'
  return [
    minutes < LEAST_MINUTES &&
      `${type.type} was watched for ${Math.floor(minutes)} min only, and 30 are the least to choose a size by`,
    type.r15.count > 0 && `${type.type} was stopped for its memory (R15): it may need more than was seen`,
    type.growth?.suspected && `${type.type} keeps growing: no size is enough for long`,
    isSmallTier && next !== undefined && next !== tier && `all process types have to leave ${size.name} together`,
    isSmallTier && next === tier && `${size.name} runs one dyno per process type, without preboot`,
    isSmallTier && entry.quantity > 1 && `${size.name} does not run ${entry.quantity} dynos of ${type.type}`,
  ].filter((note) => typeof note === 'string')
}
