import type {LogLine} from './types.js'

/** `2024-01-01T09:03:22.012194+00:00 heroku[web.1]: message` (platform-facts §8.2). */
const LINE = /^(\d{4}-\d\d-\d\dT\S+) ([^\s[\]]+)\[([^\]]*)\]: ?(.*)$/s

/** One line of a log session; a foreign one is all text, with `at`, `source` and `dyno` empty. */
export function parseLogLine(line: string): LogLine {
  const [, at = '', source = '', dyno = '', text = line] = LINE.exec(line) ?? []
  return {at, source, dyno, text}
}
