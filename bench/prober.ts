import {setTimeout as sleep} from 'node:timers/promises'

const PERIOD_MS = 20

/** Asks an app as a visitor would, 20 ms after each answer, until it is stopped. */
export function probe(url: string): {
  /** Asks once more. Resolves with the time from the first 503 to the first other answer after the last one, in ms; 0 without any. */
  stop(): Promise<number>
} {
  const answers: Array<{asked: number; answered: number; status: number}> = []
  const over = new AbortController()
  const ask = async (): Promise<void> => {
    const asked = performance.now()
    const answer = await fetch(url, {signal: AbortSignal.timeout(60_000)})
    await answer.arrayBuffer()
    answers.push({asked, answered: performance.now(), status: answer.status})
  }
  const asking = (async () => {
    for (; !over.signal.aborted; await sleep(PERIOD_MS)) await ask()
  })()
  asking.catch(() => {})
  return {
    async stop() {
      over.abort()
      await asking
      await ask()
      return downtime(answers)
    },
  }
}

/** A visitor who waits for an answer after the last 503 is one who waits: it counts until that answer came. */
export function downtime(answers: Array<{asked: number; answered: number; status: number}>): number {
  const first = answers.find(({status}) => status === 503)
  if (!first) return 0
  const next = answers[answers.findLastIndex(({status}) => status === 503) + 1]
  if (!next) throw new Error('The site did not come back')
  return next.answered - first.asked
}
