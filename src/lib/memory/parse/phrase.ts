import type {MemoryEvent} from '../types.js'

/** An event without its moment and dyno, which stand elsewhere in the line. */
type Bare<E> = E extends MemoryEvent ? Omit<E, 'at' | 'dyno'> : never

/**
 * What the platform says at a place in a line: a sample, one of the events, or `cut` for the beginning of one that cannot be read.
 * undefined: nothing of ours.
 */
export type Phrase = {kind: 'cut'} | {kind: 'sample'} | {kind: 'sample-2013'} | Bare<MemoryEvent>

const RUNNING = /Process running mem=(\d{1,9}(?:\.\d{1,9})?)([KMG])B?\((\d{1,9}(?:\.\d{1,9})?)%\)/y
const EXITED = /Process exited with status (-?\d{1,9})/y
const STATE = /State changed from ([a-z]+) to ([a-z]+)/y
const RELEASE = /Release v(\d{1,9}) created/y
const QUOTA = /Memory quota (?:vastly )?exceeded/y
const CUT = /#memory(?:_|$)|Process (?:running mem=|exited with status)|State changed from|Release v\d+ ?$/y
const MEBIBYTES: Record<string, number> = {K: 1 / 1024, M: 1, G: 1024}

/** @param at where a needle of `NEEDLES` stands in the text */
export function phraseAt(text: string, at: number): Phrase | undefined {
  if (text.startsWith('#memory_total=', at)) return {kind: 'sample'}
  if (text.startsWith('MB', at)) {
    return /measure=memory_total val=[\d.]+ units=$/.test(text.slice(Math.max(0, at - 60), at))
      ? {kind: 'sample-2013'}
      : undefined
  }
  const running = match(RUNNING, text, at)
  if (running)
    return {kind: 'running', total: Number(running[1]) * MEBIBYTES[running[2]!]!, percent: Number(running[3])}
  const exited = match(EXITED, text, at)
  if (exited) return {kind: 'exit', status: Number(exited[1])}
  const state = match(STATE, text, at)
  if (state) return {kind: 'state', from: state[1]!, to: state[2]!}
  const release = match(RELEASE, text, at)
  if (release) return {kind: 'release', version: Number(release[1])}
  if (match(QUOTA, text, at)) {
    const error = /Error (R14|R15) \($/.exec(text.slice(Math.max(0, at - 11), at))?.[1]
    return error === undefined ? undefined : {kind: error as 'R14' | 'R15'}
  }
  return match(CUT, text, at) ? {kind: 'cut'} : undefined
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
