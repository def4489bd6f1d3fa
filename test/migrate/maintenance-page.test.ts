import {describe, expect, it} from 'vitest'

import {openProbe} from '../../src/lib/health/probe.js'
import {checkMaintenancePage} from '../../src/lib/migrate/maintenance-page.js'
import {webServer} from '../health/servers.js'

const probe = openProbe({})
const check = (url: string, signal = new AbortController().signal) => checkMaintenancePage(url, {probe, signal})

describe('MAINTENANCE_PAGE_URL', () => {
  it('that can be shown is worth no word, redirected or not', async () => {
    const url = await webServer((req, res) => {
      if (req.url === '/') res.writeHead(302, {Location: '/page.html'}).end()
      else res.end('<h1>Back soon</h1>')
    })
    expect(await check(`${url}/page.html`)).toBeUndefined()
    expect(await check(`${url}/`)).toBeUndefined()
  })

  it.each<[string, number, Record<string, string>]>([
    ['it answers 404', 404, {}],
    ['it redirects without end', 302, {Location: '/'}],
    ['it refuses to be shown in a frame', 200, {'X-Frame-Options': 'SAMEORIGIN'}],
    ['it refuses to be shown in a frame', 200, {'Content-Security-Policy': "default-src *; frame-ancestors 'none'"}],
  ])('%s', async (said, status, headers) => {
    const url = await webServer((_req, res) => res.writeHead(status, headers).end())
    const warning = await check(`${url}/a-secret-path`)
    expect(warning).toContain(`MAINTENANCE_PAGE_URL: ${said}`)
    expect(warning).not.toMatch(/127\.0\.0\.1|a-secret/)
  })

  it.each([
    'page.html',
    'file:///etc/passwd',
    '',
    'https://',
    'https://no-such-host.invalid/a-secret',
    '//no-such-host.invalid/',
  ])('is no page: %j', async (value) => {
    const warning = await check(value)
    expect(warning).toMatch(/^MAINTENANCE_PAGE_URL: (it is not the address of a web page|no answer is to be had)/)
    expect(warning).not.toMatch(/invalid|secret|passwd/)
  })

  it('is not asked for any more after an abort', async () => {
    const stop = new AbortController()
    const url = await webServer(() => stop.abort(new Error('Ctrl-C')))
    await expect(check(url, stop.signal)).rejects.toThrow('Ctrl-C')
  })
})
