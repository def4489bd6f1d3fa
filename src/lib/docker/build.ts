import {randomUUID} from 'node:crypto'
import path from 'node:path'

import {credentialsFor} from './credentials.js'
import {BuildFailed} from './errors.js'
import {errorIn, jsonLines} from './json-lines.js'
import {auth} from './session/auth.js'
import {fileSync} from './session/file-sync.js'
import {openSession} from './session/session.js'
import {followTrace} from './trace.js'
import type {Transport} from './transport.js'
import type {BuildEvents, BuildRequest} from './types.js'

/** Dynos on Cedar run this (platform-facts §1.3). */
const PLATFORM = 'linux/amd64'

/** Docker schema 2 also where the engine's own default is OCI: the containerd store, BuildKit from 0.31 on (platform-facts §1.3). */
const OUTPUTS = [{Type: 'moby', Attrs: {'oci-mediatypes': 'false'}}]

/**
 * One build with a session of its own: its two folders have fixed names in it, so builds can't share one.
 * @throws BuildFailed, or the signal's reason once the engine has been told to stop
 */
export async function build(
  transport: Transport,
  env: NodeJS.ProcessEnv,
  request: BuildRequest,
  events: BuildEvents,
  signal: AbortSignal,
): Promise<{imageId: string}> {
  signal.throwIfAborted()
  // What went wrong on our side says more than what the engine makes of it.
  let ours: Error | undefined
  const failed = (error: Error) => {
    ours ??= error
  }
  const trace = followTrace(events)
  const services = [
    auth((host) =>
      credentialsFor(env, host).catch((error: Error) => {
        failed(error)
        throw error
      }),
    ),
    fileSync({context: request.context, dockerfile: path.dirname(request.dockerfile)}, failed),
  ]
  try {
    const session = await openSession(transport, services, {sharedKey: request.context, signal})
    try {
      const stream = await transport.stream({
        method: 'POST',
        path: '/build',
        query: queryOf(request, session.id),
        signal,
      })
      return {imageId: await readBuild(jsonLines(stream), trace)}
    } finally {
      session.close()
    }
  } catch (error) {
    signal.throwIfAborted()
    trace.end()
    const cause = ours ?? error
    throw new BuildFailed(cause instanceof Error ? cause.message : String(cause), {
      lines: trace.lines(),
      vertex: trace.failed(),
      cause,
    })
  }
}

function queryOf(request: BuildRequest, session: string): Record<string, string[] | string | undefined> {
  return {
    version: '2',
    session,
    remote: 'client-session',
    buildid: randomUUID(),
    t: request.tags,
    dockerfile: path.basename(request.dockerfile),
    target: request.target,
    platform: PLATFORM,
    buildargs: JSON.stringify(request.args),
    labels: JSON.stringify(request.labels ?? {}),
    nocache: request.noCache ? '1' : undefined,
    outputs: JSON.stringify(OUTPUTS),
  }
}

async function readBuild(
  messages: AsyncIterable<Record<string, unknown>>,
  trace: ReturnType<typeof followTrace>,
): Promise<string> {
  let imageId: string | undefined
  let failure: string | undefined
  for await (const message of messages) {
    if (message.id === 'moby.buildkit.trace') trace.onMessage(message.aux as string)
    else if (message.id === 'moby.image.id') imageId = (message.aux as {ID?: string}).ID
    failure ??= errorIn(message)
  }
  if (failure) throw new Error(failure)
  if (!imageId)
    throw new Error(
      "Can't tell what was built: the Docker Engine's answer ends without an image id; see its log, build again",
    )
  trace.end()
  return imageId
}
