/** What one run of one side came to: figures by name, times in milliseconds, counts as they are. */
export type Run = {
  figures: Record<string, number>
  /** What the two sides must have in common afterwards; compared deeply. */
  end?: unknown
}

/** One way of doing the job. */
export type Side = {
  /** As a person would type it. */
  name: string
  run(round: number): Promise<Run>
}

/** A job that several sides do in turn; the first side is ours. */
export type Row = {
  id: string
  title: string
  /** What is equal for all sides: latency, waits, sizes. */
  given: string
  sides: [Side, ...Side[]]
  /** Makes the worlds what the row takes for granted; once, not timed. */
  before?(): Promise<unknown>
  /** At least this many rounds, whatever was asked for: short jobs need more. */
  atLeast?: number
  /** At most this many: long jobs have fewer. */
  atMost?: number
  /** Another row has warmed everything up. */
  warm?: boolean
}

/** All runs of a row; `figures` are in the order of the rounds. */
export type Measured = Pick<Row, 'given' | 'id' | 'title'> & {
  rounds: number
  sides: Array<{name: string; figures: Record<string, number[]>}>
  /** Why these figures mean nothing: the sides did not do the same job. */
  refused?: string
}
