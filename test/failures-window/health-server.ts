import {createServer, type ServerResponse} from 'node:http'

import {listen} from '../platform/router/app-listeners.js'

/** How a question is answered: a status, cut off, or never. */
export type HealthAnswer = number | 'hang' | 'lost'

/** What stands behind `--health-check`. The first question is the baseline, asked in preflight. */
export type HealthServer = {
  url: string
  /** The answers to the questions after the baseline, in order. */
  answers: HealthAnswer[]
  /** The answer to all that come after those. */
  always: HealthAnswer
  asked(): number
  stop(): Promise<void>
}

export async function startHealthServer(): Promise<HealthServer> {
  let asked = 0
  const server = createServer((req, res) => {
    reply(asked++ === 0 ? 200 : (health.answers.shift() ?? health.always), res)
  })
  const port = await listen(server, 0)
  const health: HealthServer = {
    url: `http://127.0.0.1:${port}/up`,
    answers: [],
    always: 200,
    asked: () => asked,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
  return health
}

function reply(answer: HealthAnswer, res: ServerResponse): void {
  if (answer === 'hang') return
  if (answer === 'lost') return void res.socket?.destroy()
  const after = answer === 429 ? {'Retry-After': '1'} : {}
  res.writeHead(answer, after).end(answer === 200 ? 'well\n' : 'not well\n')
}
