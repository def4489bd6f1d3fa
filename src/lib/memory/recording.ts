import type {Instance, MemoryEvent, Recording, Sample} from './types.js'

/** A recording of nothing. */
export function emptyRecording(): Recording {
  throw new Error('not there yet')
}

/** Puts a sample into a recording, in place. `source` is part of its instance. */
export function addSample(_recording: Recording, _source: Instance['source'], _sample: Sample): void {
  throw new Error('not there yet')
}

/** Puts an event into a recording, in place. */
export function addEvent(_recording: Recording, _event: MemoryEvent): void {
  throw new Error('not there yet')
}

/** Sample `index` as an object, rounded to 0.01 MiB: for tests, charts and `--format csv`, not for millions. */
export function sampleAt(_recording: Recording, _index: number): Sample {
  throw new Error('not there yet')
}

/** All of them in one; those given are left as they are. Repeated lines stay until `diagnose` or `forgetBefore` looks. */
export function mergeRecordings(..._recordings: Recording[]): Recording {
  throw new Error('not there yet')
}

/**
 * Drops, in place, samples and events before a moment, and instances that have none left: `--tail` for a day stays flat.
 * Counts stay.
 */
export function forgetBefore(_recording: Recording, _at: number): void {
  throw new Error('not there yet')
}
