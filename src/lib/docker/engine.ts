import {resolveEndpoint} from './endpoint.js'
import type {Engine} from './types.js'

/**
 * The Docker Engine the docker CLI would use in this environment. Nothing is asked of it yet.
 * @throws DockerConfigError for settings of the docker CLI that are wrong, DockerUnavailable for an address of a kind we can't reach
 */
export async function createEngine(env: NodeJS.ProcessEnv): Promise<Engine> {
  const [{connect}, {probe}, {build}, {push}, {save, tag}] = await Promise.all([
    import('./transport.js'),
    import('./probe.js'),
    import('./build.js'),
    import('./push.js'),
    import('./images.js'),
  ])
  const transport = connect(await resolveEndpoint(env))
  return {
    probe: () => probe(transport),
    build: (request, events, signal) => build(transport, env, request, events, signal),
    tag: (image, reference) => tag(transport, image, reference),
    push: (reference, auth, onProgress, signal) => push(transport, reference, auth, onProgress, signal),
    save: (reference, signal) => save(transport, reference, signal),
  }
}
