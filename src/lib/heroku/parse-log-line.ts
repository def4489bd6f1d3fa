import type {LogGap, LogLine} from './types.js'

/** `2024-01-01T09:03:22.012194+00:00 heroku[web.1]: message` (platform-facts §8.2). */
const LINE = /^(\d{4}-\d\d-\d\dT\S+) ([^\s[\]]+)\[([^\]]*)\]: ?(.*)$/s

/** `Error L11 (Tail buffer overflow) -> This tail session dropped 1101 messages since …` (platform-facts §8.1). */
const OVERFLOW = /^Error L11\b(?:.*?\bdropped (\d+) messages?\b)?/

/** One line of a log session; a foreign one is all text, with `at`, `source` and `dyno` empty. */
export function parseLogLine(line: string): LogLine {
  const [, at = '', source = '', dyno = '', text = line] = LINE.exec(line) ?? []
  const gap = gapOf({source, dyno, text})
  return {at, source, dyno, text, ...(gap ? {gap} : {})}
}

/** No fact says who sends L11, so anybody may, save a dyno's own output. */
function gapOf({source, dyno, text}: Pick<LogLine, 'source' | 'dyno' | 'text'>): LogGap | undefined {
  const overflow = source === 'app' && /\.\d+$/.test(dyno) ? null : OVERFLOW.exec(text)
  return overflow ? (overflow[1] ? {dropped: Number(overflow[1])} : {}) : undefined
}
