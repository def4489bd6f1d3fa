/** The words of a command as Ruby's Shellwords.split cuts them, which is what an ENTRYPOINT gets (platform-facts §5.1). */
export function shellwords(line: string): string[] {
  const words: string[] = []
  let field = ''
  const piece = /\s*(?:([^\0\s\\'"]+)|'([^\0']*)'|"((?:[^\0"\\]|\\[^\0])*)"|(\\[^\0]?)|(\S))(\s?)/gy
  for (const match of line.matchAll(piece)) {
    const [all, word, single, double, escaped, garbage, separator] = match
    if (garbage !== undefined) throw new Error(`Unmatched quote: ${garbage}`)
    field += word ?? single ?? double?.replaceAll(/\\([$`"\\\n])/g, '$1') ?? escaped!.replace(/^\\(?=.)/s, '')
    if (separator === '' && match.index + all.length < line.length) continue
    words.push(field)
    field = ''
  }

  return words
}
