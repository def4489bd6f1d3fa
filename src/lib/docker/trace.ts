import {StringDecoder} from 'node:string_decoder'

import {status, type Status} from './session/messages.js'
import type {BuildEvents} from './types.js'

/** How many of a failed build's last lines are kept. */
const KEPT = 100

type Vertex = {name: string; cached: boolean; started: boolean; completed: boolean; error: string}
/** What a step has written to one of its streams and not ended with a line end: the two must not mix within a line. */
type Output = {vertex: string; decoder: StringDecoder; pending: string}

/** Follows BuildKit's trace: tells steps and lines as they come, and remembers what a failure needs. */
export function followTrace(events: BuildEvents) {
  const vertexes = new Map<string, Vertex>()
  const outputs = new Map<string, Output>()
  const lines: string[] = []

  const tell = (line: string) => {
    // What a terminal would show in the end of a line that was written over.
    const shown = line.replace(/\r+$/, '').replace(/^.*\r/s, '')
    lines.push(shown)
    if (lines.length > KEPT) lines.shift()
    events.onLog(shown)
  }

  // A step comes several times: the last word on it counts.
  const onVertex = (seen: Status['vertexes'][number]): Vertex | undefined => {
    const before = vertexes.get(seen.digest)
    const {cached, error} = seen
    // The name of a RUN with a here-document has lines. Spaces stay as they are: an argument's value in it must still be known as one.
    const name = seen.name.replaceAll(/\r?\n/g, ' ')
    const now = {name, cached, error, started: Boolean(seen.started), completed: Boolean(seen.completed)}
    vertexes.set(seen.digest, now)
    if (now.completed) flush(seen.digest)
    return (['started', 'completed', 'cached'] as const).some((what) => now[what] && !before?.[what]) ? now : undefined
  }

  const tellSteps = (seen: Status['vertexes']) => {
    const news = seen.map(onVertex).filter((vertex) => vertex !== undefined)
    const done = [...vertexes.values()].filter(({completed}) => completed).length
    for (const {name, cached} of news) events.onStep({message: name, cached, done, total: vertexes.size})
  }

  const onLog = ({vertex, stream, msg}: Status['logs'][number]) => {
    const key = `${vertex} ${String(stream)}`
    const output = outputs.get(key) ?? {vertex, decoder: new StringDecoder('utf8'), pending: ''}
    outputs.set(key, output)
    const found = (output.pending + output.decoder.write(Buffer.from(msg))).split('\n')
    output.pending = found.pop() ?? ''
    for (const line of found) tell(line)
  }

  /** The rest of a step's output that did not end its line; of all steps without one. */
  const flush = (vertex?: string) => {
    for (const [key, output] of outputs) {
      if (vertex !== undefined && output.vertex !== vertex) continue
      outputs.delete(key)
      const rest = output.pending + output.decoder.end()
      if (rest) tell(rest)
    }
  }

  return {
    /** Takes one message: protobuf in base64. */
    onMessage(aux: string) {
      const {vertexes, logs} = status.decode(Buffer.from(aux, 'base64'))
      for (const log of logs) onLog(log)
      tellSteps(vertexes)
    },
    /** Tells what is left when the build has ended. */
    end: () => flush(),
    /** The last lines of all output. */
    lines: () => [...lines],
    /** The step that failed; those stopped because of it have the error of a cancelled one. */
    failed() {
      const failed = [...vertexes.values()].filter(({error}) => error)
      return (failed.find(({error}) => !/context canceled/.test(error)) ?? failed[0])?.name
    },
  }
}
