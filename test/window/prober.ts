import {setTimeout as sleep} from 'node:timers/promises'

/** What somebody outside got; `at` in ms since the epoch, when it was asked. */
export type Answer = {at: number; status: number; text: string}

/** Asks an app again and again, as a visitor would. `stop` asks once more and resolves with all that was answered. */
export function probe(url: string): {answers: Answer[]; stop(): Promise<Answer[]>} {
  const over = new AbortController()
  const answers: Answer[] = []
  const ask = async (): Promise<void> => {
    const at = Date.now()
    const response = await fetch(url, {signal: AbortSignal.timeout(60_000)})
    answers.push({at, status: response.status, text: await response.text()})
  }
  const asking = (async () => {
    while (!over.signal.aborted) {
      await ask()
      await sleep(50, undefined, {signal: over.signal}).catch(() => {})
    }
  })()
  asking.catch(() => {})
  return {
    answers,
    async stop() {
      over.abort()
      await asking
      await ask()
      return answers
    },
  }
}

/** The statuses in their order, each once as long as it lasted: `[200, 503, 200]`. */
export function statuses(answers: Answer[]): number[] {
  return answers.map(({status}) => status).filter((status, index, all) => status !== all[index - 1])
}

/** From the first 503 to the first answer after the last, in ms. */
export function downtime(answers: Answer[]): number {
  const first = answers.find(({status}) => status === 503)
  const last = answers.findLastIndex(({status}) => status === 503)
  const after = answers[last + 1] ?? answers[last]
  return first && after ? after.at - first.at : 0
}
