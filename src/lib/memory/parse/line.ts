import {dynoOf, typeOfDyno} from './dyno.js'
import type {Found} from './found.js'
import {framesOf, lastSpeaker} from './header.js'
import {nextNeedle} from './needles.js'
import {type Phrase, phraseAt} from './phrase.js'
import {lastTime, type TimeOptions} from './time.js'
import {readValues, type Values} from './values.js'

/** What a JSON record says in fields of its own, for a message that leaves it out. */
export type Fields = {at: number; speaker?: {source: 'app' | 'heroku'; name: string}}

/** Who speaks, and when, stands no farther before what is said: Logplex cuts lines into pieces of 10,000 bytes. */
const BEFORE = 16_384

/**
 * Reads what a text says of memory, in order.
 * @param text one character per byte
 * @param fields of the JSON record that the text is the message of
 */
export function parseText(text: string, options: TimeOptions, fields?: Fields): Found[] {
  const found: Found[] = []
  for (const frame of framesOf(text)) {
    for (let at = nextNeedle(frame, 0); at !== -1; at = nextNeedle(frame, at + 1)) {
      const phrase = phraseAt(frame, at)
      if (!phrase) continue
      const start = Math.max(0, at - BEFORE)
      const one = readPhrase(phrase, start === 0 ? frame : frame.slice(start), at - start, options, fields)
      if (one.kind === 'foreign') continue
      found.push(one)
      // A frame, or a line, says one thing.
      break
    }
  }
  return found
}

function readPhrase(phrase: Phrase, text: string, at: number, options: TimeOptions, fields?: Fields): Found {
  const inner = lastSpeaker(text, at)
  const speaker = inner ?? fields?.speaker
  const time = lastTime(text, inner?.index ?? at, options)
  const moment = Number.isNaN(time.at) ? (fields?.at ?? Number.NaN) : time.at
  const assumed = time.assumed && {assumed: time.assumed}
  if (phrase.kind === 'sample' || phrase.kind === 'sample-2013') {
    const dyno = dynoOf(text.slice(inner?.index ?? 0, at), speaker?.name)
    // A sample that names no dyno of the app is an add-on's.
    if (!dyno) return {kind: speaker && !typeOfDyno(speaker.name) ? 'foreign' : 'skipped'}
    const values = phrase.kind === 'sample' ? valuesOf(text, at) : valueOf2013(text, at)
    return values && !Number.isNaN(moment) ? {kind: 'sample', at: moment, dyno, values, ...assumed} : {kind: 'skipped'}
  }
  // Anybody can log such words; only the platform's count.
  if (speaker && speaker.source !== 'heroku' && speaker.name !== 'api') return {kind: 'foreign'}
  if (phrase.kind === 'cut' || !speaker || Number.isNaN(moment)) return {kind: 'skipped'}
  if (phrase.kind === 'release') return {kind: 'event', event: {at: moment, ...phrase}, ...assumed}
  if (!typeOfDyno(speaker.name)) return {kind: 'foreign'}
  return {kind: 'event', event: {at: moment, dyno: speaker.name, ...phrase}, ...assumed}
}

function valuesOf(text: string, at: number): Values | undefined {
  const bytes = Buffer.from(text.slice(at), 'latin1')
  const values: Values = {total: 0, rss: 0, cache: 0, swap: 0, quota: 0}
  return readValues(bytes, 0, bytes.length, values) ? values : undefined
}

function valueOf2013(text: string, at: number): Values | undefined {
  const total = Number(/val=(\d{1,9}(?:\.\d{1,9})?) units=$/.exec(text.slice(0, at))?.[1])
  const unsaid = Number.NaN
  return Number.isNaN(total) ? undefined : {total, rss: unsaid, cache: unsaid, swap: unsaid, quota: unsaid}
}
