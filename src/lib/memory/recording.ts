import type {Instance, MemoryEvent, Recording, Sample, SampleColumns} from './types.js'

const VALUES = ['total', 'peak', 'rss', 'cache', 'swap', 'quota'] as const
const FIRST_ROOM = 256

/** A recording of nothing. */
export function emptyRecording(): Recording {
  return {
    instances: [],
    samples: columns(FIRST_ROOM),
    events: [],
    counts: {bytes: 0, lines: 0, used: 0, skipped: 0, repeated: 0},
    notes: [],
  }
}

function columns(room: number): SampleColumns {
  const floats = () => new Float32Array(room)
  return {
    length: 0,
    at: new Float64Array(room),
    instance: new Uint32Array(room),
    total: floats(),
    peak: floats(),
    rss: floats(),
    cache: floats(),
    swap: floats(),
    quota: floats(),
  }
}

/** The row of the next sample, its moment and instance filled in; its values are the caller's to fill in, all of them. */
export function nextRow(recording: Recording, at: number, instance: number): number {
  const {samples} = recording
  const row = samples.length
  if (row === samples.at.length) grow(samples)
  samples.at[row] = at
  samples.instance[row] = instance
  samples.length++
  widen(recording, at)
  return row
}

function grow(samples: SampleColumns): void {
  const wider = columns(Math.ceil(samples.at.length * 1.5))
  wider.at.set(samples.at)
  wider.instance.set(samples.instance)
  for (const name of VALUES) wider[name].set(samples[name])
  Object.assign(samples, wider, {length: samples.length})
}

function widen(recording: Recording, at: number): void {
  const {span} = recording
  if (!span) {
    recording.span = {from: at, to: at}
    return
  }
  if (at < span.from) span.from = at
  if (at > span.to) span.to = at
}

/** Lookups by what makes instances the same; one per recording, made when it is needed. */
const known = new WeakMap<Recording, Map<string, number>>()

/** The number of an instance in `recording.instances`, where it is put if it is new. */
export function instanceOf(recording: Recording, instance: Instance): number {
  let numbers = known.get(recording)
  if (!numbers) {
    numbers = new Map(recording.instances.map((each, number) => [keyOf(each), number]))
    known.set(recording, numbers)
  }
  const key = keyOf(instance)
  const number = numbers.get(key) ?? recording.instances.push(instance) - 1
  numbers.set(key, number)
  return number
}

const keyOf = ({dyno, source, type, uuid}: Instance): string => `${source} ${type} ${dyno ?? ''} ${uuid ?? ''}`

/** Puts a sample into a recording, in place. `source` is part of its instance. */
export function addSample(recording: Recording, source: Instance['source'], sample: Sample): void {
  const {at, dyno, type, uuid} = sample
  const instance = {source, type, ...(dyno !== undefined && {dyno}), ...(uuid !== undefined && {uuid})}
  const row = nextRow(recording, at, instanceOf(recording, instance))
  for (const name of VALUES) recording.samples[name][row] = sample[name] ?? Number.NaN
}

/** Puts an event into a recording, in place. */
export function addEvent(recording: Recording, event: MemoryEvent): void {
  recording.events.push(event)
  widen(recording, event.at)
}

/** Sample `index` as an object, rounded to 0.01 MiB: for tests, charts and `--format csv`, not for millions. */
export function sampleAt(recording: Recording, index: number): Sample {
  const {samples} = recording
  const {dyno, type, uuid} = recording.instances[samples.instance[index]!]!
  const sample: Sample = {at: samples.at[index]!, type, total: rounded(samples.total[index]!)}
  if (dyno !== undefined) sample.dyno = dyno
  if (uuid !== undefined) sample.uuid = uuid
  for (const name of VALUES) {
    const value = samples[name][index]!
    if (!Number.isNaN(value)) sample[name] = rounded(value)
  }
  return sample
}

/** MiB as the lines have them, to 0.01. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

/** All of them in one; those given are left as they are. Repeated lines stay until `diagnose` looks. */
export function mergeRecordings(...recordings: Recording[]): Recording {
  const merged = emptyRecording()
  for (const {counts, events, instances, notes, samples} of recordings) {
    const numbers = instances.map((instance) => instanceOf(merged, instance))
    for (let index = 0; index < samples.length; index++) {
      const row = nextRow(merged, samples.at[index]!, numbers[samples.instance[index]!]!)
      for (const name of VALUES) merged.samples[name][row] = samples[name][index]!
    }
    for (const event of events) addEvent(merged, event)
    for (const name of Object.keys(counts) as Array<keyof typeof counts>) merged.counts[name] += counts[name]
    for (const note of notes) if (!merged.notes.includes(note)) merged.notes.push(note)
  }
  return merged
}

/**
 * Drops, in place, samples and events before a moment, and instances that have none left: `--tail` for a day stays flat.
 * Counts stay.
 */
export function forgetBefore(recording: Recording, at: number): void {
  const {samples} = recording
  const numbers = new Map<number, number>()
  const instances: Instance[] = []
  let kept = 0
  for (let index = 0; index < samples.length; index++) {
    if (samples.at[index]! < at) continue
    const old = samples.instance[index]!
    if (!numbers.has(old)) numbers.set(old, instances.push(recording.instances[old]!) - 1)
    samples.at[kept] = samples.at[index]!
    samples.instance[kept] = numbers.get(old)!
    for (const name of VALUES) samples[name][kept] = samples[name][index]!
    kept++
  }
  samples.length = kept
  recording.instances = instances
  known.delete(recording)
  recording.events = recording.events.filter((event) => event.at >= at)
  delete recording.span
  for (let index = 0; index < kept; index++) widen(recording, samples.at[index]!)
  for (const event of recording.events) widen(recording, event.at)
}
