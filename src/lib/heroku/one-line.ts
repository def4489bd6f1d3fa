const LONGEST = 300

/**
 * Whatever a server said, as one line for a person: no HTML, no line breaks, at most 300 characters, and never the token,
 * which a proxy's error page may echo.
 */
export function oneLine(said: string, token?: string): string {
  const html = /<\w+[^>]*>/.test(said)
  const title = html ? /<(?:title|h1)[^>]*>([^<]+)</i.exec(said)?.[1] : undefined
  const plain =
    title ?? (html ? said.replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ').replaceAll(/<[^>]*>/g, ' ') : said)
  const clean = token ? plain.replaceAll(token, '***') : plain
  const line = clean.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}
