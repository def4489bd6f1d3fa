/** Build arguments by name; the values are secrets to every log. */
export type BuildArgs = Record<string, string>

/**
 * Reads `--arg KEY=VALUE` flags. Everything after the first `=` is the value, commas and further `=` included. Problems are
 * collected, and name the flag by its key, never by its value.
 */
export function parseBuildArgs(flags: string[]): {args: BuildArgs; problems: string[]} {
  const args: BuildArgs = {}
  const problems: string[] = []
  for (const [index, flag] of flags.entries()) {
    const at = flag.indexOf('=')
    const key = at === -1 ? flag : flag.slice(0, at)
    if (at === -1) problems.push(`--arg number ${index + 1} has no "=": write --arg KEY=VALUE`)
    // A value that was meant for another flag may stand there: what is no name is not repeated.
    else if (!/^[A-Za-z_]\w*$/.test(key))
      problems.push(`--arg number ${index + 1} does not begin with a name: write --arg KEY=VALUE`)
    else if (key in args) problems.push(`--arg ${key} is given twice`)
    else args[key] = flag.slice(at + 1)
  }

  return {args, problems}
}
