import {compareNames} from '../diagnose/tracks.js'
import {distinct, releasesOf} from '../diagnose/happened.js'
import type {Recording} from '../types.js'
import {judgeType} from './judge.js'
import {recorded, sideOf} from './side.js'
import type {Comparison, MemorySide, Release} from './types.js'

/**
 * One side: what began in [from, to), ms since 1970, warm-up left out. An instance belongs to the release in which it began, however
 * long it still ran after the next; samples that name no instance belong to the time they are of. JSON-able; what `ship` journals as
 * the baseline of the running release.
 */
export function summarizeSide(
  recording: Recording,
  given: {label: string; version?: number; from?: number; to?: number; warmUpMs?: number},
): MemorySide {
  const {from, label, to, version, warmUpMs} = given
  const cuts = [from, to].filter((at) => at !== undefined).map((at) => ({at, version: 0}))
  return sideOf(recorded(recording, {releases: cuts, warmUpMs}), {label, version, from, to})
}

/** Before against after: a journaled baseline, two archives, or two releases. */
export function compareSides(before: MemorySide, after: MemorySide): Comparison {
  const names = [...new Set([...before.types, ...after.types].map(({type}) => type))].sort(compareNames)
  const of = (side: MemorySide, type: string) => side.types.find((each) => each.type === type)
  const {types: _before, ...left} = before
  const {types: _after, ...right} = after
  return {
    before: left,
    after: right,
    types: names.map((type) => judgeType(type, of(before, type), of(after, type))),
  }
}

/**
 * Splits a recording at releases and compares two of them. `releases`: those of the list and of the lines together; a version in
 * both is taken once, the list's moment wins. `before`, `after`: versions; left out, the last release in the recording with samples
 * and the one before it that has some.
 * @returns `versions`, those the recording has samples of, when there are no two releases to compare
 */
export function compareReleases(
  recording: Recording,
  given: {releases: Release[]; before?: number; after?: number; warmUpMs?: number},
): {comparison: Comparison} | {comparison?: undefined; versions: number[]} {
  const releases = allReleases(recording, given.releases)
  const whole = recorded(recording, {releases, warmUpMs: given.warmUpMs})
  const sides = new Map<number, MemorySide>()
  for (const [index, {at, version}] of releases.entries()) {
    const side = sideOf(whole, {label: `v${version}`, version, from: at, to: releases[index + 1]?.at})
    if (side.types.length > 0) sides.set(version, side)
  }
  const [first] = releases
  // What runs as the recording begins is of the release before the first it tells of.
  if (first && !sides.has(first.version - 1)) {
    const older = {label: `v${first.version - 1}`, version: first.version - 1}
    const side = sideOf(whole, {...older, from: undefined, to: first.at})
    if (side.types.length > 0) sides.set(older.version, side)
  }
  const versions = [...sides.keys()].sort((a, b) => a - b)
  const after = sides.get(given.after ?? versions.at(-1) ?? 0)
  const before = sides.get(given.before ?? versions.findLast((version) => version < (after?.version ?? 0)) ?? 0)
  return before && after ? {comparison: compareSides(before, after)} : {versions}
}

function allReleases(recording: Recording, listed: Release[]): Release[] {
  const told = releasesOf(distinct(recording.events).events)
  const byVersion = new Map([...told, ...listed].map(({at, version}) => [version, {at, version}]))
  return [...byVersion.values()].sort((a, b) => a.at - b.at || a.version - b.version)
}
