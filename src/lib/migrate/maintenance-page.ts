import type {Probe} from '../health/types.js'

const ASK_MS = 10_000
const REDIRECTS = 3

/**
 * Whether what MAINTENANCE_PAGE_URL names can be shown: a warning, or undefined when it can. The router shows it in a frame
 * (platform-facts §4). The URL is a config var's value, so nothing of it is told.
 * @throws the signal's reason
 */
export async function checkMaintenancePage(
  url: string,
  {probe, signal}: {probe: Probe; signal: AbortSignal},
): Promise<string | undefined> {
  const said = await whatIsWrong(url, probe, signal)
  return said && `MAINTENANCE_PAGE_URL: ${said}; visitors will not see the page during the window.`
}

async function whatIsWrong(value: string, probe: Probe, signal: AbortSignal): Promise<string | undefined> {
  // `//host/page.html` is how Heroku's documentation writes it.
  let url = value.startsWith('//') ? `https:${value}` : value
  for (let asked = 0; asked <= REDIRECTS; asked++) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return 'it is not the address of a web page'
    const answer = await probe({url, timeoutMs: ASK_MS, signal})
    if ('noAnswer' in answer) return 'no answer is to be had from there'
    const {headers, status} = answer
    const [location] = headers.location ?? []
    if (status < 300 || status >= 400 || !location || !URL.canParse(location, url)) return frameTrouble(status, headers)
    url = new URL(location, url).href
  }

  return 'it redirects without end'
}

function frameTrouble(status: number, headers: Record<string, string[]>): string | undefined {
  if (status < 200 || status > 299) return `it answers ${status}`
  const policy = headers['content-security-policy']?.join(';') ?? ''
  const refuses = headers['x-frame-options'] !== undefined || /frame-ancestors\s+('none'|'self')\s*(;|$)/i.test(policy)
  return refuses ? 'it refuses to be shown in a frame, which is how Heroku shows it' : undefined
}
