import type {HealthAnswer} from './types.js'

/** What an answer must be: a status within one of the ranges (inclusive), and a header that has this value. */
export type Expectation = {expect: Array<[number, number]>; header?: {name: string; value: string}}

/** `said` is a clause about the app; the same trouble has the same words each time. */
export type Judgement = {ok: boolean; said: string; maintenance?: true}

/** Whether an answer is a healthy one. */
export function judgeHealth({expect, header}: Expectation, answer: HealthAnswer): Judgement {
  if ('noAnswer' in answer) return {ok: false, said: answer.noAnswer}
  const {headers, page, status} = answer
  // An app that expects a 503 of itself must not take the router's for it.
  if (isMaintenancePage(answer)) return {ok: false, said: 'answers 503 with the maintenance page', maintenance: true}
  const ok = expect.some(([from, to]) => status >= from && status <= to)
  if (!ok) return {ok, said: `answers ${status}${whosePage(page)}${leadsTo(headers)}`}
  if (!header) return {ok, said: `answers ${status}`}
  const values = headers[header.name.toLowerCase()] ?? []
  if (values.some((value) => value.trim() === header.value)) return {ok, said: `answers ${status}`}
  const instead = values.length === 0 ? `without ${header.name}` : `with another ${header.name}`
  return {ok: false, said: `answers ${status} ${instead}, not ${header.value}`}
}

/** The page that the router shows under maintenance: no header tells it, its title does (platform-facts §4). */
function isMaintenancePage({page, status}: {page: string; status: number}): boolean {
  return status === 503 && /<title>[^<]*Offline for Maintenance|\/maintenance-mode\.html/i.test(page)
}

/** The router's own page, which says no more than that; an app's pages may say something else each time. */
function whosePage(page: string): string {
  return /<title>\s*(?:Heroku \| )?Application error\s*</i.test(page) ? " with Heroku's error page" : ''
}

/** Where a redirect leads, without what may be a secret in it. */
function leadsTo(headers: Record<string, string[]>): string {
  const [location = ''] = headers.location ?? []
  if (!URL.canParse(location)) return location.startsWith('/') ? `, to ${location.replace(/[?#].*/s, '')}` : ''
  const {origin, pathname} = new URL(location)
  return `, to ${origin}${pathname}`
}
