import type {IncomingMessage, ServerResponse} from 'node:http'

import type {Fault, LocalHeroku} from '../platform/index.js'

/** The nth request of a kind that the app is asked, from 1. */
export type Place = {method: string; path: RegExp; nth: number}

/** Sets what goes wrong once a place is reached: right before the request is served. */
export type Break = (heroku: LocalHeroku) => void

/** What goes wrong with the request at a place, and with the same kind of request from then on, `times` times. */
export function strike(place: Place, fault: Omit<Fault, 'method' | 'path'>): Break {
  return (heroku) => whenReached(heroku, place, () => heroku.fault({method: place.method, path: place.path, ...fault}))
}

export const refused = (place: Place): Break =>
  strike(place, {
    moment: 'before',
    status: 403,
    body: {id: 'forbidden', message: 'You do not have access to do this.'},
    times: 99,
  })

/** It happens, and the connection is cut before anybody is told. */
export const lost = (place: Place): Break => strike(place, {moment: 'lost'})

/** It happens, and no answer ever comes. */
export const hang = (place: Place): Break => strike(place, {moment: 'hang'})

/** Heroku says that it is done, and nothing is, so many times. */
export const ignored = (place: Place, times: number): Break =>
  strike(place, {moment: 'before', status: 200, body: {}, times})

export const rateLimited = (place: Place): Break =>
  strike(place, {
    moment: 'before',
    status: 429,
    body: {id: 'rate_limit', message: 'Your account reached the API rate limit'},
    headers: {'Retry-After': '1'},
  })

/** From this request on the platform answers 503 to everything, for so many real milliseconds. */
export const outage = (place: Place, ms: number): Break => {
  return (heroku) =>
    whenReached(heroku, place, () => {
      const all = ['DELETE', 'GET', 'PATCH', 'POST'].map((method) =>
        heroku.fault({method, path: /^\/(?!backups)/, moment: 'before', status: 503, body: OOPS, times: Infinity}),
      )
      setTimeout(() => {
        for (const fault of all) fault.times = 0
      }, ms).unref()
    })
}

/** The same kind of fault, from the moment on at which a request has been answered. */
export const after = (place: Place, then: Break): Break => {
  return (heroku) => whenReached(heroku, place, (res) => void res.once('finish', () => then(heroku)))
}

const OOPS = '<html><head><title>Application Error</title></head><body>Oops</body></html>'

function whenReached(heroku: LocalHeroku, place: Place, reached: (res: ServerResponse) => void): void {
  let seen = 0
  heroku.server.prependListener('request', (req: IncomingMessage, res: ServerResponse) => {
    if (req.method !== place.method || !place.path.test((req.url ?? '').split('?')[0]!)) return
    seen += 1
    if (seen === place.nth) reached(res)
  })
}
