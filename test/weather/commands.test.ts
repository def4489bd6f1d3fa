import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {beforeEach, describe, test} from 'vitest'

import {deadAddress} from '../heroku/local-server.js'
import {linkedHome, startHeroku} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {startPlatform} from '../platform/index.js'

const COMMANDS = {
  ship: ['pipeline:ship', '--app', 'acme', '--archive', 'web=web.tar'],
  'maintenance-migrate': ['pipeline:maintenance-migrate', '--app', 'acme', '--', 'true'],
  recover: ['pipeline:recover', '--app', 'acme'],
} as const

beforeEach((context) => needs(context, 'heroku-cli'))

/** The real command, and no way out of this machine: no name has an address. */
async function meets(command: keyof typeof COMMANDS, env: NodeJS.ProcessEnv, ...more: string[]) {
  const home = await linkedHome()
  const block = path.join(home.dir, 'no-dns.cjs')
  await writeFile(
    block,
    `const dns = require('node:dns')
const lookup = dns.lookup
dns.lookup = (host, options, done) => {
  if (host === 'localhost') return lookup(host, options, done)
  const error = Object.assign(new Error('getaddrinfo EAI_AGAIN'), {code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname: host})
  process.nextTick(() => (done ?? options)(error))
}
`,
  )
  const process = await startHeroku([...COMMANDS[command], ...more], {
    env: {HEROKU_API_KEY: 'HRKU-5ecre7-70ken', NODE_OPTIONS: `--require=${block}`, ...env},
    home,
  })
  void process.done.finally(() => home.remove()).catch(() => {})
  return process
}

describe.concurrent('what a person sees of the weather', {timeout: 90_000}, () => {
  test('no DNS', async ({expect}) => {
    const {code, stderr} = await (await meets('maintenance-migrate', {})).done
    expect(code).toBe(3)
    expect(stderr).toBe(`Checking acme... !
 ›   Can't migrate acme; nothing was touched:
 ›   - Can't read /apps/acme from Heroku: there is no address for api.heroku.com (DNS says EAI_AGAIN): check the network and HEROKU_HOST
`)
  })

  test('a dead proxy', async ({expect}) => {
    const proxy = await deadAddress()
    const {code, stderr, stdout} = await (
      await meets('recover', {HTTPS_PROXY: `http://me:pa55word@${proxy}`}, '--json')
    ).done
    expect({code, ...(JSON.parse(stdout) as object)}).toMatchObject({
      code: 3,
      outcome: 'refused',
      reasons: [{message: `Can't read /apps/acme from Heroku: the proxy ${proxy} can't be reached: check HTTPS_PROXY`}],
    })
    expect(stdout + stderr).not.toMatch(/pa55word|5ecre7/)
  })

  test('a rate limit: it is said while it is waited for, and Ctrl-C ends it', async ({expect}) => {
    await using heroku = Object.assign(await startPlatform({}), {
      [Symbol.asyncDispose]: (): Promise<void> => heroku.stop(),
    })
    await heroku.createApp('acme')
    const body = {id: 'rate_limit', message: 'Your account reached the API rate limit\nPlease wait'}
    const headers = {'RateLimit-Remaining': '0', 'Retry-After': '250'}
    heroku.fault({method: 'GET', path: /./, moment: 'before', status: 429, body, headers, times: 99})
    const waiting = await meets('ship', heroku.env)
    await waiting.says(
      /^Heroku's rate limit is reached \(0 calls are left, 4500 come an hour, 75 a minute\): waiting 250 s to read \/\S+$/m,
    )
    waiting.kill('SIGINT')
    const {code, stderr} = await waiting.done
    expect(code).toBe(130)
    expect(stderr).toMatch(/\nInterrupted; nothing was touched\.\n$/)
    expect(stderr.match(/waiting 250 s/g)).toHaveLength(1)
  })
})
