import {beforeEach, describe, expect, it, test, vi} from 'vitest'

import {APP, images, setUp} from '../failures/setup.js'
import {linkedHome, runHeroku, startHeroku} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {wrongWith} from './report-schema.js'
import {type Case, rowNamed, runShip} from './ship-process.js'

/** `keys`: all that the report has, so that none comes or goes unnoticed. */
type Wanted = {outcome: string; code: number; keys: string; report: object}

const like = (text: RegExp): unknown => expect.stringMatching(text)

/** The keys of the report of a run that does not end well. */
const run = 'app error exitCode journal left message outcome phases run warnings'

/** Ends that are not in the failure table, or not alone. */
const unknownFlag: Case = {name: 'An unknown flag', given: async () => ['--dryrun']}
const dryRun: Case = {
  name: 'A dry run',
  given: async (setup) => [...(await rowNamed('Nothing goes wrong').given(setup)), '--dry-run'],
}
const whileChecking: Case = {
  name: 'SIGINT while it reads the app',
  async given(setup) {
    setup.heroku.fault({method: 'GET', path: /\/apps\/example-app$/, moment: 'hang', times: 99})
    return rowNamed('Nothing goes wrong').given(setup)
  },
  async meanwhile({heroku}, process) {
    await vi.waitUntil(() => heroku.requests.some(({path}) => path === `/apps/${APP}`), {timeout: 30_000})
    process.kill('SIGINT')
  },
}
const longOutput: Case = {
  name: 'A release phase with more to say than a pipe holds',
  async given({archive}) {
    const talk = `i=0; while [ $i -lt 120 ]; do printf '%2000s\\n' $i; i=$((i+1)); done; exit 3`
    return [...(await archive('web', images.web)), ...(await archive('release', talk))]
  },
}

const cases: Array<[Case, Wanted]> = [
  [
    rowNamed('Nothing goes wrong'),
    {
      outcome: 'done',
      code: 0,
      keys: 'app exitCode images journal left message outcome phases release run warnings',
      report: {
        release: {version: 4},
        images: [{type: 'web'}, {type: 'worker'}],
        phases: [
          {step: 'push', ok: true},
          {step: 'release', ok: true},
          {step: 'up', ok: true},
        ],
        left: [],
      },
    },
  ],
  [
    rowNamed('Everything at once: not a Docker app, in maintenance, no Dockerfile, Docker not running'),
    {
      outcome: 'refused',
      code: 3,
      keys: 'app exitCode left message outcome reasons',
      report: {
        app: 'old-app',
        reasons: [
          {message: like(/not a Docker app/), fix: 'heroku stack:set container --app old-app'},
          {message: like(/Maintenance mode/)},
          {message: like(/no socket/)},
          {message: like(/no Dockerfile/)},
        ],
        left: [],
      },
    },
  ],
  [
    rowNamed('Two mistakes in the flags'),
    {
      outcome: 'usage',
      code: 2,
      keys: 'error exitCode left message outcome',
      report: {error: {reason: like(/--arg number 1 .*\n--stable-for soon/)}},
    },
  ],
  [
    unknownFlag,
    {
      outcome: 'usage',
      code: 2,
      keys: 'error exitCode left message outcome',
      report: {error: {reason: like(/^Nonexistent flag: --dryrun\n/)}},
    },
  ],
  [
    rowNamed('The registry refuses the push'),
    {
      outcome: 'failed',
      code: 1,
      keys: run,
      report: {error: {step: 'push', reason: like(/DENIED/)}, phases: [{step: 'push', ok: false}], left: []},
    },
  ],
  [
    rowNamed('The release phase fails'),
    {
      outcome: 'failed',
      code: 1,
      keys: `${run} images`,
      report: {error: {step: 'release', lines: ['migrating', 'relation users does not exist']}, left: []},
    },
  ],
  [
    longOutput,
    {
      outcome: 'failed',
      code: 1,
      keys: `${run} images`,
      report: {error: {lines: [...Array.from({length: 100}).keys()].map((i) => `${i + 20}`.padStart(2000))}},
    },
  ],
  [
    rowNamed('The new web crashes at boot'),
    {
      outcome: 'failed',
      code: 1,
      keys: `${run} images`,
      report: {
        message: like(/example-app is rolled back: it runs v3 again/),
        error: {step: 'up', reason: like(/web\.1 crashed.*DATABASE_URL is not set/)},
        left: [],
      },
    },
  ],
  [
    rowNamed('The new web crashes after a release phase'),
    {
      outcome: 'held',
      code: 4,
      keys: `${run} images`,
      report: {
        left: [{what: like(/runs v4; before, it ran v3/), command: 'heroku releases:rollback v3 --app example-app'}],
      },
    },
  ],
  [
    rowNamed('SIGTERM while the dynos come up'),
    {outcome: 'interrupted', code: 143, keys: `${run} images`, report: {error: {step: 'up'}, left: []}},
  ],
  [
    whileChecking,
    {
      outcome: 'interrupted',
      code: 130,
      keys: 'app exitCode left message outcome',
      report: {message: 'Interrupted; nothing was touched.', left: []},
    },
  ],
  [
    dryRun,
    {
      outcome: 'planned',
      code: 0,
      keys: 'app exitCode left message outcome plan warnings',
      report: {
        plan: [
          {plan: 'build', steps: [{id: 'push'}]},
          {plan: 'release', steps: [{id: 'release'}, {id: 'up'}]},
        ],
      },
    },
  ],
]

describe.concurrent('--json', {timeout: 120_000}, () => {
  beforeEach((context) => needs(context, 'heroku-cli'))

  it.for(cases.map(([each, wanted]) => ({name: each.name, each, wanted})))(
    '$name',
    async ({each, wanted}, {expect}) => {
      const [text, json] = await Promise.all([runShip(each), runShip(each, {flags: ['--json']})])
      expect(json.code, json.stderr).toBe(wanted.code)
      expect(text.code, text.stderr).toBe(wanted.code)

      // All of stdout is one object, or this throws.
      const report = JSON.parse(json.stdout) as Record<string, unknown>
      expect(wrongWith(report)).toEqual([])
      expect(report).toMatchObject({outcome: wanted.outcome, exitCode: wanted.code, ...wanted.report})
      expect(Object.keys(report).sort()).toEqual(wanted.keys.split(' ').sort())

      // In text the answer is for people; a failure is all story.
      expect(text.stdout).toMatch(wanted.code === 0 ? /^\S[^]*\n$/ : /^$/)
      if (wanted.outcome === 'done') expect(text.stdout).toMatch(/^Shipped .*\n$/)
      if (report.run) {
        expect(story(json.stderr)).toEqual(story(text.stderr))
      }

      for (const {stderr, stdout, token} of [text, json]) {
        expect(stdout + stderr).not.toContain(token)
        expect(stdout + stderr).not.toContain('\u001B')
      }
    },
  )

  test('nothing to ship', async ({expect}) => {
    const setup = await setUp()
    const home = await linkedHome()
    try {
      const flags = await rowNamed('Nothing goes wrong').given(setup)
      const ship = async (...more: string[]) => {
        const argv = ['pipeline:ship', '--app', APP, '--stable-for', '1s', ...flags, ...more]
        const {code, stdout} = await runHeroku(argv, {
          cwd: setup.folder,
          env: setup.heroku.env,
          home,
          timeoutMs: 100_000,
        })
        return {code, stdout}
      }

      expect(await ship()).toMatchObject({code: 0, stdout: like(/^Shipped .*\n$/)})
      expect(await ship()).toMatchObject({code: 0, stdout: like(/^Nothing to ship: .* as v4, .*\n$/)})
      expect(await ship('--require-release')).toEqual({code: 5, stdout: ''})
      for (const [code, ...more] of [[0], [5, '--require-release']] as Array<[number, ...string[]]>) {
        const json = await ship('--json', ...more)
        const report = JSON.parse(json.stdout) as Record<string, unknown>
        expect(wrongWith(report)).toEqual([])
        expect({...report, code: json.code}).toMatchObject({outcome: 'unchanged', exitCode: code, code, left: []})
        expect(Object.keys(report).sort()).toEqual(
          'app exitCode images journal left message outcome phases run warnings'.split(' '),
        )
      }
    } finally {
      await setup.remove()
      await home.remove()
    }
  })

  test('colours where they are asked for, never in the object', async ({expect}) => {
    const refused = rowNamed('Not logged in')
    const crash = rowNamed('The registry refuses the push')
    const forced = {env: {FORCE_COLOR: '1'}}
    const [text, json, usage, both] = await Promise.all([
      runShip(crash, forced),
      runShip(crash, {...forced, flags: ['--json']}),
      startHeroku(['pipeline:ship', '--json'], forced).then(({done}) => done),
      runShip(refused, {env: {FORCE_COLOR: '0', NO_COLOR: '1'}}),
    ])
    expect(text.stderr).toContain('\u001B[31m✗')
    expect(json.stderr).toContain('\u001B[31m✗')
    for (const {stdout} of [json, usage]) {
      expect(JSON.stringify(JSON.parse(stdout))).not.toContain('u001b')
      expect(stdout).not.toContain('\u001B')
    }

    expect(wrongWith(JSON.parse(usage.stdout))).toEqual([])
    expect(JSON.parse(usage.stdout)).toMatchObject({
      outcome: 'usage',
      error: {reason: like(/Missing required flag app/)},
    })
    expect(both.stderr).not.toContain('\u001B')
  })
})

/** What is told of the steps and of the end, without times and numbers of the run. */
function story(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => /^[✓✗↩]|^\S.*\.$/.test(line))
    .map((line) => line.replaceAll(/\(\d+\.\ds\)|localhost:\d+|\b[\da-f]{12}\b/g, '').trim())
}
