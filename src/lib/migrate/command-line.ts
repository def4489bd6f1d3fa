/**
 * The words after `--` as one command line, joined as `heroku run` does: a single word is a command line already, in several
 * those with blanks or quotes are quoted. Undefined without any.
 */
export function commandLine(words: string[]): string | undefined {
  if (words.length < 2) return words[0]
  return words.map((word) => (/[\s"]/.test(word) ? `"${word.replaceAll('"', String.raw`\"`)}"` : word)).join(' ')
}
