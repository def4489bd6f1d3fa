/** The signals that end a run: Ctrl-C, a cancelled CI job, a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Listeners as they were, so that they can be given back. */
type Saved = Array<[NodeJS.Signals, NodeJS.SignalsListener[]]>

/**
 * Takes the process's signals over: the CLI's own listeners would end the process before anything is undone (libraries.md §1).
 * The first signal goes to `onFirst`, any later one to `onAgain`. Returns a function that gives the listeners back.
 */
export function takeOverSignals(
  onFirst: (signal: NodeJS.Signals) => void,
  onAgain: (signal: NodeJS.Signals) => void,
): () => void {
  let first = true
  const saved: Saved = SIGNALS.map((signal) => [signal, process.listeners(signal) as NodeJS.SignalsListener[]])
  const listener = (signal: NodeJS.Signals): void => {
    if (first) {
      first = false
      onFirst(signal)
    } else {
      onAgain(signal)
    }
  }

  for (const signal of SIGNALS) {
    process.removeAllListeners(signal)
    process.on(signal, listener)
  }

  return () => {
    for (const [signal, listeners] of saved) {
      process.removeListener(signal, listener)
      for (const each of listeners) process.on(signal, each)
    }
  }
}
