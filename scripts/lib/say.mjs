/** Progress for a person who waits: short lines on stderr, because stdout is the answer. @param {string} line */
export const say = (line) => void process.stderr.write(`${line}\n`)

/**
 * Says what begins, does it, says how long it took.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 */
export async function timed(what, work) {
  say(`${what}…`)
  const begin = Date.now()
  const result = await work()
  say(`${what}: done (${((Date.now() - begin) / 1000).toFixed(1)} s)`)
  return result
}

/** What a person must put right before the script can go on; shown without a stack. */
export class Advice extends Error {}

/**
 * Runs a script's main function; its advice ends the process with 1 and no stack.
 * @param {() => Promise<number | void>} main what it resolves with is the exit code
 */
export async function script(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    if (!(error instanceof Advice)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
