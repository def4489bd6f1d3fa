import {execFile} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import {emptyHome, type HerokuHome, linkedHome, nodeBinary, runHeroku} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {type PackedPlugin, packPlugin} from '../real/packed-plugin.js'

const run = promisify(execFile)

beforeEach((ctx) => needs(ctx, 'heroku-cli', 'node-20', 'node-22'))

let packed: PackedPlugin
beforeAll(async () => {
  packed = await packPlugin()
})
afterAll(() => packed.remove())

test('the package holds what the CLI loads, and nothing else', () => {
  const rest = packed.files.filter((file) => !/^dist\/(index|lib\/|commands\/).*\.(js|d\.ts)$/.test(file))
  expect(rest).toEqual(['LICENSE', 'README.md', 'bin/run.js', 'oclif.manifest.json', 'package.json'])
  expect(packed.files).toContain('dist/commands/pipeline/ship.js')
})

const MAJORS = [20, 22] as const

/** The stock CLI in this home, with npm at hand. */
const cliIn =
  (home: HerokuHome, node: string) =>
  (argv: string[], cwd = home.dir) =>
    runHeroku(argv, {home, cwd, nodeBinary: node, env: npmEnv, timeoutMs: 300_000})

/** What a user sees of a plugin that is there; any warning would be on stderr. */
async function showsThePlugin(heroku: ReturnType<typeof cliIn>, listedAs: string) {
  const help = await heroku(['pipeline:ship', '--help'])
  expect(help).toMatchObject({code: 0, stderr: ''})
  expect(help.stdout).toContain('$ heroku pipeline:ship [TYPE...] -a ')
  expect(help.stdout).toMatch(/4 +stuck or held: a person must decide/)

  const topic = await heroku(['help', 'pipeline'])
  expect(topic).toMatchObject({code: 0, stderr: ''})
  expect(topic.stdout).toMatch(/pipeline:ship\s+build, push and release/)
  for (const command of ['maintenance-migrate', 'recover']) expect(topic.stdout).toContain(`pipeline:${command}  `)

  const {stdout} = await heroku(['plugins'])
  expect(stdout.trim()).toBe(listedAs)

  // The class itself loads and runs, in the copy of oclif that is the plugin's own.
  const usage = await heroku(['pipeline:ship', '--app', 'example-app', '--stable-for', 'soon'])
  expect(usage).toMatchObject({code: 2, stdout: ''})
  expect(usage.stderr).toContain('--stable-for')
  expect(usage.stderr).not.toMatch(/warning/i)
}

describe('the stock CLI', () => {
  let home: HerokuHome
  beforeEach(async () => {
    home = await emptyHome()
    return home.remove
  })

  test.each(MAJORS)('loads it by plugins:link, under Node %i', async (major) => {
    const heroku = cliIn(home, await nodeBinary(major))
    const lock = await readFile(path.join(projectRoot, 'package-lock.json'))

    const linked = await heroku(['plugins:link', '.'], projectRoot)

    expect(linked).toMatchObject({code: 0, stdout: ''})
    expect(linked.stderr).not.toMatch(/warning/i)
    await showsThePlugin(heroku, `heroku-pipeline-ship 0.1.0 (link) ${projectRoot.replace(/\/$/, '')}`)
    expect(await readFile(path.join(projectRoot, 'package-lock.json'))).toEqual(lock)
  })

  test('installs the packed tarball, which needs no dev dependency', async (ctx) => {
    await needs(ctx, 'npm-registry')

    const installed = await cliIn(home, await nodeBinary(22))(['plugins:install', `file:${packed.tarball}`])

    expect(installed.code).toBe(0)
    expect(installed.stderr).toContain('installed v0.1.0')
    // npm 11 names install scripts of dependencies that nobody has approved; they are not needed (libraries.md §1).
    expect(installed.stdout.replaceAll(/^npm warn install-scripts.*\n?/gm, '')).toBe('')
    expect(installed.stderr).not.toMatch(/warning/i)
    for (const node of await Promise.all(MAJORS.map((major) => nodeBinary(major)))) {
      await showsThePlugin(cliIn(home, node), 'heroku-pipeline-ship 0.1.0')
      await everyModuleLoads(node, path.join(home.dir, 'data/heroku/node_modules/heroku-pipeline-ship'))
    }
  }, 400_000)

  /** Far from the project: what is missing here is missing for a user. */
  async function everyModuleLoads(node: string, plugin: string) {
    const modules = packed.files.filter((file) => file.endsWith('.js') && file.startsWith('dist/'))
    const script = `for (const file of ${JSON.stringify(modules)}) await import(${JSON.stringify(plugin)} + '/' + file)`
    const {stdout, stderr} = await run(node, ['--input-type=module', '--eval', script], {
      cwd: home.dir,
      timeout: 60_000,
    })
    expect({stdout, stderr}).toEqual({stdout: '', stderr: ''})
  }
})

test('a home made by hand is what plugins:install of a folder makes', async () => {
  const [byCli, byHand] = [await emptyHome(), await linkedHome()]
  try {
    await runHeroku(['plugins:install', `file:${projectRoot}`], {home: byCli, env: npmEnv})
    expect(await pluginsOf(byHand)).toEqual(await pluginsOf(byCli))
  } finally {
    await byCli.remove()
    await byHand.remove()
  }
})

async function pluginsOf(home: HerokuHome) {
  const text = await readFile(path.join(home.dir, 'data/heroku/package.json'), 'utf8')
  return (JSON.parse(text) as {oclif: object}).oclif
}

/** The machine's way to the registry; with its cache, so that an install is not a download each time. */
const npmEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([key]) => /^(NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|(https?|no)_proxy)$/i.test(key)),
  ),
  npm_config_cache: await run('npm', ['config', 'get', 'cache', '--loglevel=error']).then(({stdout}) => stdout.trim()),
}
