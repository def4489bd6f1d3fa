import type {LocalHeroku} from './index.js'

/** Asks the API of a local Heroku as its owner, for what a test sets up or looks at. @throws Error with what it answered */
export async function askApi(
  {apiKey, url}: Pick<LocalHeroku, 'apiKey' | 'url'>,
  method: string,
  route: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(url + route, {
    method,
    signal: AbortSignal.timeout(20_000),
    headers: {
      accept: 'application/vnd.heroku+json; version=3',
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
  })
  if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
