/** A Docker Engine that answers, and what it can do. */
export type EngineFacts = {
  /** `unix:///var/run/docker.sock`, `tcp://…`; how it was found: "default", "DOCKER_HOST", "context colima". */
  endpoint: string
  from: string
  version: string
  apiVersion: string
  /** True with the containerd image store, whose own push of a foreign image is OCI (platform-facts §1.3). */
  containerdStore: boolean
}

/** One image to build: everything that decides its content. */
export type BuildRequest = {
  /** Absolute path of the build context. */
  context: string
  /** Absolute path of the Dockerfile; may lie outside the context. */
  dockerfile: string
  target?: string
  /** Build arguments; their values are secrets to every log. */
  args: Record<string, string>
  labels?: Record<string, string>
  noCache: boolean
  /** References to tag the result with: `registry.heroku.com/example-app/web`. */
  tags: string[]
}

/** What a build tells while it runs. */
export type BuildEvents = {
  /** The step that runs now: `message` as BuildKit names it ("[2/4] RUN npm ci"); counts of steps known so far. */
  onStep(step: {message: string; cached: boolean; done: number; total: number}): void
  /** One line of output, without the line end. */
  onLog(line: string): void
}

/** Progress of a push: bytes over all layers; `layers` known so far, `present` the ones that were there already. */
export type PushProgress = {current: number; total: number; layers: number; done: number; present: number}

/** The engine as a ship uses it. */
export interface Engine {
  /** @throws DockerUnavailable with what to do, when it does not answer or cannot take a BuildKit session */
  probe(): Promise<EngineFacts>
  /** Builds for linux/amd64 as Docker schema 2. @throws BuildFailed with the last 100 lines; the signal really cancels it */
  build(request: BuildRequest, events: BuildEvents, signal: AbortSignal): Promise<{imageId: string}>
  tag(image: string, reference: string): Promise<void>
  /** @throws PushRefused with the HTTP status it can tell (405 for an OCI manifest) and the registry's words */
  push(
    reference: string,
    auth: {password: string; host: string},
    onProgress: (p: PushProgress) => void,
    signal: AbortSignal,
  ): Promise<{digest: string}>
  /** The image as `docker save` writes it: a tar with an OCI layout, a classic one, or both. */
  save(reference: string, signal: AbortSignal): Promise<NodeJS.ReadableStream>
}
