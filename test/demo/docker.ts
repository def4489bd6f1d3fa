import Docker from 'dockerode'

import {createEngine} from '../../src/lib/docker/engine.js'
import {DockerUnavailable} from '../../src/lib/docker/errors.js'
import type {LocalHeroku} from '../platform/index.js'

/** A Docker Engine that answers and reaches the local registry, or why there is none. */
export type DockerFound = {engine: string} | {without: string}

/** The engine must reach us, not only we it: in a virtual machine its loopback is another one. */
export async function findDocker(heroku: LocalHeroku): Promise<DockerFound> {
  try {
    const engine = await createEngine(process.env)
    const {endpoint, version} = await engine.probe()
    const docker = endpoint.startsWith('unix://')
      ? new Docker({socketPath: endpoint.slice('unix://'.length)})
      : new Docker()
    await docker.checkAuth({username: '_', password: heroku.apiKey, serveraddress: heroku.url})
    return {engine: `Docker ${version} at ${endpoint}`}
  } catch (error) {
    if (error instanceof DockerUnavailable) return {without: `${error.endpoint}: ${error.reason}`}
    return {without: `Docker answers, but does not reach the local registry (${(error as Error).message})`}
  }
}
