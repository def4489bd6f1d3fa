import {writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import path from 'node:path'
import {beforeEach, describe, test} from 'vitest'

import {linkedHome, runHeroku} from '../../real/heroku-cli.js'
import {needs} from '../../real/needs.js'
import {APP, MINUTE, openMemoryRig} from './rig.js'

const LINE =
  '2026-11-21T09:03:22.012194+00:00 heroku[web.1]: source=web.1 dyno=heroku.2.7f9b14bc-1d3b-47f4-91c1-704964b8793f ' +
  'sample#memory_total=34.41MB sample#memory_rss=34.33MB sample#memory_cache=0.08MB sample#memory_swap=0.00MB ' +
  'sample#memory_pgpgin=9pages sample#memory_pgpgout=0pages sample#memory_quota=512.00MB\n'

describe.concurrent('pipeline:memory without an answer', {timeout: 60_000}, () => {
  beforeEach((context) => needs(context, 'heroku-cli'))

  test('log-runtime-metrics off and the metrics host refusing: both are said, and --enable helps', async ({expect}) => {
    await using rig = await openMemoryRig({logged: false, hours: 0})
    const {heroku} = rig
    const fault = heroku.fault({method: 'GET', path: /\/metrics\/memory\?/, moment: 'before', status: 401, times: 99})
    const refused = await rig.memory([])
    expect(refused.code).toBe(3)
    expect(fault.hits).toBe(2)
    expect(refused.stderr).toMatch(/metrics API \(undocumented\): Heroku refuses to read memory metrics/)
    expect(refused.stderr).toMatch(/no samples of dynos, for log-runtime-metrics is off/)
    expect(refused.stderr).toContain(`heroku pipeline:memory --app ${APP} --enable`)
    expect(refused.stdout).toBe('')

    const enabled = await rig.memory(['--enable'])
    expect(enabled, enabled.stderr).toMatchObject({code: 0})
    expect(enabled.stdout).toContain(`heroku ps:restart --app ${APP}`)
    expect(heroku.world(APP).features).toEqual(['log-runtime-metrics'])
    const again = await rig.memory(['--enable', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({outcome: 'unchanged', exitCode: 0, left: []})
    for (const {stderr, stdout} of [refused, enabled, again]) expect(stdout + stderr).not.toContain(heroku.apiKey)
  })

  test('--compare never takes a log that is too short', async ({expect}) => {
    await using rig = await openMemoryRig()
    const {heroku} = rig
    heroku.knobs(APP).memoryCurves.web = () => 100
    await heroku.seedRelease(APP, {images: {web: {command: 'exec sleep 1000 # new'}}, formation: {web: 0}})
    await heroku.settled(APP)
    heroku.fault({method: 'GET', path: /\/metrics\/memory\?/, moment: 'before', status: 400, times: 99})
    heroku.passTime(APP, 12 * MINUTE)
    const [short, gone] = await Promise.all([
      rig.memory(['--compare', 'previous', '--json']),
      rig.memory(['--compare', `v${rig.first}..v99`]),
    ])
    expect(short, short.stderr).toMatchObject({code: 3})
    expect(JSON.parse(short.stdout)).toMatchObject({outcome: 'refused', exitCode: 3, left: []})
    expect(short.stdout).toMatch(/too short to compare/)
    expect(gone).toMatchObject({code: 3, stdout: ''})
    expect(gone.stderr).toContain(`${APP} has never run v99, or too long ago.`)
  })

  test('everything that is wrong with the flags is said at once', async ({expect}) => {
    const home = await linkedHome()
    const flags = ['--compare', 'soon', '--max', 'lots', '--max-growth', '3MB', '--chart', 'a.png', '--tail']
    const {code, stderr, stdout} = await runHeroku(['pipeline:memory', ...flags, '--from', 'nowhere.log'], {home})
    await home.remove()
    expect(code).toBe(2)
    const said = stderr.replaceAll(/\s*\n ›\s+/g, ' ')
    for (const problem of [
      '--compare soon is neither previous, nor two releases (v41..v42), nor two archives',
      "--tail goes on until Ctrl-C: it can't be used with --compare, --max, --max-growth, --chart, --from",
      '--app is missing: --tail is about a running app',
      '--max lots is neither a share of the quota (80%) nor an amount (400MB)',
      '--max-growth 3MB is no share, such as 10%',
      '--chart a.png: charts are SVG',
      '--from nowhere.log: there is no such file',
    ]) {
      expect(said.split(problem)).toHaveLength(2)
    }

    expect(stdout).toBe('')
  })

  test('archives need no login and no network', async ({expect}) => {
    const home = await linkedHome()
    const log = path.join(home.dir, 'a.log')
    await writeFile(log, LINE.repeat(2) + '2026-11-21T09:03:23Z heroku[web.1]: source=web.1 sample#memory_total=34.4')
    const run = (argv: string[]) =>
      runHeroku(['pipeline:memory', ...argv], {home, env: {HEROKU_HOST: 'http://127.0.0.1:9', HTTPS_PROXY: ''}})
    const [text, csv, none] = await Promise.all([
      run(['--from', log]),
      run(['--from', log, '--format', 'csv']),
      run(['--from', log, '--compare', 'previous']),
    ])
    await home.remove()
    expect(text, text.stderr).toMatchObject({code: 0})
    expect(text.stdout).toContain('34.4 MB')
    expect(text.stdout).toMatch(/^From .*a\.log: 2 samples.*; 1 line could not be read\.$/m)
    expect(text.stdout).toContain('1 line came more than once and counts once')
    expect(csv.stdout).toMatch(/^web,web\.1,7f9b14bc-1d3b-47f4-91c1-704964b8793f,1,2026-11-21T09:03:22\.012Z,/m)
    expect(none).toMatchObject({code: 3, stdout: ''})
    expect(none.stderr).toContain('With --app APP the releases are read from Heroku.')
  })

  test('a metrics host that is none of Heroku never sees the login', async ({expect}) => {
    const seen: string[] = []
    const stranger = createServer((req, res) => {
      seen.push(req.url ?? '')
      res.end('{}')
    }).listen(0, '127.0.0.2')
    await using rig = await openMemoryRig({hours: 0.5})
    const {port} = stranger.address() as AddressInfo
    const [plain, wrong] = await Promise.all([
      rig.memory([], {HEROKU_METRICS_HOST: `http://127.0.0.2:${port}`}),
      rig.memory([], {HEROKU_METRICS_HOST: 'https://user:secret@api.metrics.heroku.com'}),
    ])
    stranger.close()
    expect(seen).toEqual([])
    expect(plain, plain.stderr).toMatchObject({code: 0})
    expect(plain.stdout).toMatch(
      /^Not from the metrics API .*no host of Heroku, it must not see the login: check HEROKU_METRICS_HOST/m,
    )
    expect(wrong.stdout).toMatch(/^Not from the metrics API .*HEROKU_METRICS_HOST is no base URL/m)
    expect(wrong.stdout + wrong.stderr).not.toContain('secret')
  })
})
