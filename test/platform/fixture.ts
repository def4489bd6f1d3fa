import {setTimeout as sleep} from 'node:timers/promises'
import {afterEach, beforeEach} from 'vitest'
import {startPlatform, type LocalHeroku, type PlatformOptions} from './index.js'

export const plain = 'application/vnd.heroku+json; version=3'
export const sdk = `${plain}.sdk`
export const dockerReleases = `${plain}.docker-releases`

// What an answer holds is what the tests find out.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any

export type Asked = {status: number; headers: Headers; body: Loose}

/** A platform for each test of a file, twenty times as fast. */
export function usePlatform(options: PlatformOptions = {}) {
  const used: {heroku: LocalHeroku} = {heroku: undefined as unknown as LocalHeroku}
  beforeEach(async () => {
    used.heroku = await startPlatform({speed: 20, ...options})
  })
  afterEach(() => used.heroku.stop())

  /** Asks the API as a client would: plain fetch. */
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Asked> {
    const response = await fetch(new URL(path, used.heroku.url), {
      method,
      signal: AbortSignal.timeout(20_000),
      headers: {
        Accept: plain,
        Authorization: `Bearer ${used.heroku.apiKey}`,
        'Content-Type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && {body: JSON.stringify(body)}),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') ?? false
    return {status: response.status, headers: response.headers, body: json && text ? JSON.parse(text) : text}
  }

  return {
    get heroku() {
      return used.heroku
    },
    ask,
  }
}

/** Asks again until `check` no longer fails; the last failure when it still does after `ms`. */
export async function until<T>(check: () => Promise<T> | T, ms = 15_000): Promise<T> {
  for (const deadline = Date.now() + ms; ; await sleep(20)) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** A web process that says which code it is. */
export const webSaying = (text: string) => ({
  command: 'exec node web.cjs',
  files: {
    'web.cjs': `require('node:http').createServer((_, res) => res.end(${JSON.stringify(text)})).listen(process.env.PORT)`,
  },
})

export const idle = {command: 'exec sleep 1000'}
