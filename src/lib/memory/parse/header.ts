/** Who says a line: `heroku[web.1]` is `{source: 'heroku', name: 'web.1'}`. */
export type Speaker = {source: 'app' | 'heroku'; name: string; index: number}

/**
 * `heroku[web.1]:` (Heroku CLI), `heroku/web.1:` and `heroku/web.1<tab>` (Papertrail), `heroku web.1 -` (Logplex frames, with a host
 * before and one or two dashes behind).
 */
const SPEAKER =
  /(?<![\w/.-])(heroku|app)(?:\[([\w.-]+)\]|\/([\w.-]+?)(?=:? |:?\t|:$)|[ \t]([A-Za-z][\w-]*\.\d+|api|[\w-]+-[\da-f]{6,10}-[\da-z]{5})[ \t]+-)/g

/** The last that speaks before `end`: in a line within a line the inner one. */
export function lastSpeaker(text: string, end: number): Speaker | undefined {
  let found: Speaker | undefined
  for (const {0: all, 1: source, 2: bracket, 3: slash, 4: frame, index} of text.slice(0, end).matchAll(SPEAKER)) {
    // `dyno=heroku.…` and paths in what an app says are no speakers; all of a speaker stands before the phrase.
    if (index + all.length <= end)
      found = {source: source as 'app' | 'heroku', name: (bracket ?? slash ?? frame)!, index}
  }
  return found
}

/** `334 <45>1 ` begins a Logplex frame of so many bytes, counted from the `<`. */
const FRAME = /(\d{1,5}) (?=<\d{1,3}>1 )/g

/**
 * The frames of a line, which may follow one another without a line end, and what stands before the first; a line without frames is
 * one. Counts are not to be trusted blindly (some drains count wrongly): one that does not lead to the next frame is left aside.
 */
export function framesOf(text: string): string[] {
  const frames: string[] = []
  let start = 0
  let bytes = Number.NaN
  for (const frame of text.matchAll(FRAME)) {
    const head = frame.index + frame[1]!.length + 1
    // The last digits of a message and the next count stand side by side: `status 13780 <45>1`.
    const counted = start + bytes
    const isWithin = counted > frame.index && counted < head - 1
    frames.push(text.slice(start, isWithin ? counted : frame.index))
    start = head
    bytes = Number(frame[1])
  }
  return [...frames, text.slice(start)]
}
