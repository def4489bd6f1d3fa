import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {beforeEach, describe, test} from 'vitest'

import {needs} from '../../real/needs.js'
import {APP, MINUTE, openMemoryRig} from './rig.js'

const METRICS = /\/metrics\/memory\?/

describe.concurrent('ship, then pipeline:memory --compare previous', {timeout: 60_000}, () => {
  beforeEach((context) => needs(context, 'heroku-cli'))

  test('tells the story in one screen, within the budget or over it', async ({expect}) => {
    await using rig = await openMemoryRig()
    const {first, heroku} = rig
    const before = `v${first}`
    const after = `v${first + 1}`
    expect(await rig.ship()).toMatchObject({code: 0})
    heroku.passTime(APP, 40 * MINUTE)

    const chart = path.join(rig.folder, 'memory.svg')
    const story = await rig.memory(['--compare', 'previous', '--max', '80%', '--chart', chart])
    expect(story, story.stderr).toMatchObject({code: 0})
    expect(story.stdout.split('\n')[0]).toBe(`Memory of ${APP}, ${before} → ${after}`)
    expect(story.stdout).toMatch(/^ {2}web 5(3|4)\d(\.\d)? MB → 20\d(\.\d)? MB \(−6[23]\.\d %\)$/m)
    expect(story.stdout).toMatch(/^ {4}less, more than noise/m)
    expect(story.stdout).toMatch(/^ {2}worker .*\n {4}no difference/m)
    expect(story.stdout).toContain('✓ Within the budget.')
    expect(story.stdout).toMatch(/^· web: .*Standard-1X \(\$25 a month\).*20 % headroom\.$/m)
    expect(story.stdout).toMatch(/^From the metrics API \(undocumented\)/m)
    expect(story.stdout.split('\n').length).toBeLessThanOrEqual(24)
    expect(story.stdout).not.toContain('\u001B')
    const svg = await readFile(chart, 'utf8')
    expect(svg).toContain('quota 512 MB')
    expect(svg).toContain(`>${after}<`)

    const [over, json, markdown] = await Promise.all([
      rig.memory(['--max', '150MB']),
      rig.memory(['--compare', 'previous', '--max', '30%', '--json']),
      rig.memory(['--compare', `${before}..${after}`, '--format', 'markdown']),
    ])
    expect(over, over.stderr).toMatchObject({code: 6})
    expect(over.stdout).toMatch(/✗ Over the budget: web .*\n✗ Over the budget: worker /)
    expect(over.stderr).toMatch(/^Over the budget: /m)
    expect(json.code).toBe(6)
    expect(JSON.parse(json.stdout)).toMatchObject({
      outcome: 'over-budget',
      exitCode: 6,
      app: APP,
      comparison: {types: [{type: 'web', verdict: 'less'}, {type: 'worker'}]},
      left: [],
    })
    expect(markdown.stdout).toMatch(/^\| web \| 5\d\d(\.\d)? MB \| 20\d(\.\d)? MB \| −6\d\.\d % \|/m)
    for (const {stderr, stdout} of [story, over, json, markdown]) expect(stdout + stderr).not.toContain(heroku.apiKey)
  })

  test('what ship noted in its journal is the left side, when the metrics host has nothing any more', async ({
    expect,
  }) => {
    await using rig = await openMemoryRig()
    const {first, heroku} = rig
    expect(await rig.ship()).toMatchObject({code: 0})
    const lines = await rig.journal()
    const kinds = lines.map(({step, type}) => (type === 'begin' ? `${String(type)} ${String(step)}` : type))
    expect(kinds.indexOf('memory')).toBeGreaterThan(0)
    expect(kinds.indexOf('memory')).toBeLessThan(kinds.indexOf('begin release'))
    expect(lines.find(({type}) => type === 'memory')).toMatchObject({
      baseline: {label: `v${first}`, version: first, types: [{type: 'web'}, {type: 'worker'}]},
    })
    expect(JSON.stringify(lines)).not.toContain(heroku.apiKey)

    heroku.fault({
      method: 'GET',
      path: METRICS,
      moment: 'before',
      status: 403,
      body: {id: 'forbidden', message: 'No.'},
      times: 99,
    })
    heroku.passTime(APP, 40 * MINUTE)
    const {code, stderr, stdout} = await rig.memory(['--compare', 'previous'])
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/web 5(3|4)\d(\.\d)? MB → 20\d(\.\d)? MB/)
    expect(stdout).toMatch(
      /^Not from the metrics API \(undocumented\).*Heroku refuses to read memory metrics: No \(403 forbidden\)/m,
    )
    expect(stdout).toMatch(/^From the log \(.*samples\.$/m)
    expect(stdout).toMatch(new RegExp(`^From the journal of the ship that replaced v${first}`, 'm'))
  })

  test('a metrics host that hangs holds no ship up', async ({expect}) => {
    await using rig = await openMemoryRig({hours: 0})
    rig.heroku.fault({method: 'GET', path: METRICS, moment: 'hang', times: 99})
    const {code, stderr} = await rig.ship()
    expect(code, stderr).toBe(0)
    expect((await rig.journal()).map(({type}) => type)).not.toContain('memory')
  })
})
