import path from 'node:path'

import {ContextError} from './error.js'

/**
 * Ignore patterns as Docker matches them (moby/patternmatcher, `MatchesUsingParentResults`): a pattern that matches a directory holds
 * for all below it, the last pattern that says something wins, `!` takes back, `**` spans directories.
 */
export type Pattern = {text: string; negated: boolean; matches(file: string): boolean}

/** Which patterns matched a directory; handed down to its entries. */
export type Matched = boolean[]

/** @throws ContextError naming a pattern that is not well formed */
export function parsePatterns(lines: string[]): Pattern[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const clean = cleanPath(line)
      const negated = clean.startsWith('!')
      const text = negated ? clean.slice(1) : clean
      if (text === '')
        throw new ContextError('Can\'t use the ignore file: "!" takes nothing back; write a pattern after it')
      return {text, negated, matches: compile(text)}
    })
}

/** Whether `file` (slashes, relative) is matched, given what matched its parent; at the root nothing is. */
export function match(patterns: Pattern[], file: string, parent?: Matched): {matched: boolean; here: Matched} {
  let matched = false
  const here = patterns.map((pattern, at) => {
    // A pattern that could change nothing is not asked, and so does not hold for what lies below either: order matters to Docker.
    const hit = parent?.[at] || (pattern.negated === matched && pattern.matches(file))
    if (hit) matched = !pattern.negated
    return hit
  })
  return {matched, here}
}

/** Whether something below `dir` can match one of these patterns; without a wildcard that is seen from the text. */
export function mayMatchBelow(patterns: Pattern[], dir: string): boolean {
  const texts = patterns.map(({text}) => text.replace(/\/\*\*$/, '').replace(/\/\*$/, ''))
  return texts.some((text) => /[*[\]?^\\]/.test(text)) || texts.some((text) => `${text}/`.startsWith(`${dir}/`))
}

/** Go's filepath.Clean. */
export function cleanPath(file: string): string {
  const clean = path.posix.normalize(file)
  return clean.length > 1 ? clean.replace(/\/$/, '') : clean
}

function compile(text: string): Pattern['matches'] {
  const star = text.indexOf('**')
  const plain = (part: string) => !/[*?[\]\\]/.test(part)
  if (plain(text)) return (file) => file === text
  if (star !== -1 && star === text.length - 2 && plain(text.slice(0, star)))
    return (file) => file.startsWith(text.slice(0, -2))
  if (star === 0 && plain(text.slice(2))) {
    const tail = text.slice(2)
    return (file) => file.endsWith(tail) || (tail.startsWith('/') && file === tail.slice(1))
  }

  const regexp = toRegExp(text)
  return (file) => regexp.test(file)
}

function toRegExp(text: string): RegExp {
  const source = text.replaceAll(/\*\*\/?$|\*\*\/?|\*|\?|\\.|[.+()|{}$]/gsu, (token, at: number) => {
    if (token.startsWith('**')) return at + token.length === text.length ? '[^\\n]*' : '(?:[^\\n]*/)?'
    if (token === '*') return '[^/]*'
    if (token === '?') return '[^/]'
    return token.startsWith('\\') ? token : `\\${token}`
  })
  try {
    return new RegExp(`^${source}$`, 'u')
  } catch {
    // Escapes and brackets that the strict syntax refuses, and Docker takes.
    return lenient(source, text)
  }
}

function lenient(source: string, text: string): RegExp {
  try {
    return new RegExp(`^${source}$`)
  } catch (error) {
    throw new ContextError(
      `Can't use the ignore file: the pattern "${text}" is not well formed; write [ and ] in pairs`,
      {cause: error},
    )
  }
}
