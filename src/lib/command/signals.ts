/** The signals that end a run: Ctrl-C, a cancelled CI job, a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One Ctrl-C may come twice: from the terminal, and from a parent that passes it on, as `cross-env` does. Milliseconds. */
const SAME_MS = 300

/** Listeners as they were, so that they can be given back. */
type Saved = Array<[NodeJS.Signals, NodeJS.SignalsListener[]]>

/**
 * Takes the process's signals over: the CLI's own listeners would end the process before anything is undone (libraries.md §1).
 * The first signal goes to `onFirst`, one that is sent again to `onAgain`. Returns a function that gives the listeners back.
 */
export function takeOverSignals(
  onFirst: (signal: NodeJS.Signals) => void,
  onAgain: (signal: NodeJS.Signals) => void,
): () => void {
  let first: number | undefined
  const saved: Saved = SIGNALS.map((signal) => [signal, process.listeners(signal) as NodeJS.SignalsListener[]])
  const listener = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = Date.now()
      onFirst(signal)
    } else if (signal !== 'SIGHUP' && Date.now() - first > SAME_MS) {
      // The kernel and the shell both say that a terminal was closed, and nobody is there to hurry.
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
