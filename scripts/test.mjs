import {spawn} from 'node:child_process'
import {mkdir, mkdtemp, rm} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'

import {projectRoot} from './lib/cache.mjs'
import {Advice, say, script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'
import {ensureTool} from './lib/tools.mjs'
import {formatTotals, readTotals} from './lib/totals.mjs'

// All a fresh clone needs to run the tests. Arguments go on to vitest: `npm test -- test/run`.
// The last line says `N passed, N failed, N skipped`, counted by vitest's JSON reporter; TEST_REPORT names a file for its report.
await script(async () => {
  await ensureReady({build: true})
  // The versions of Node that the CLI's installers bundle, one of which usually runs this.
  const running = `node${process.versions.node.split('.')[0]}`
  for (const tool of /** @type {const} */ (['heroku', 'node20', 'node22'])) {
    if (tool !== running) await ensureOrGoWithout(tool)
  }

  const dir = await mkdtemp(path.join(tmpdir(), 'heroku-pipeline-ship-test-'))
  try {
    const report = process.env.TEST_REPORT || path.join(dir, 'report.json')
    const answers = path.join(dir, 'answers')
    await mkdir(answers)
    const argv = process.argv.slice(2)
    const code = await vitest(['run', ...argv], report, answers)
    const extent = argv.length === 0 ? 'whole' : 'part'
    const tsx = createRequire(import.meta.url).resolve('tsx')
    const officialRun = fileURLToPath(new URL('../test/platform/official-run.ts', import.meta.url))
    const compared = await childEnds(['--import', tsx, officialRun, answers, extent])
    console.log(formatTotals(await readTotals(report)))
    return code || compared
  } finally {
    await rm(dir, {recursive: true, force: true})
  }
})

/**
 * @param {string[]} argv
 * @param {string} report where the JSON reporter writes
 * @param {string} answers the folder in which every local Heroku records what its API answered
 * @returns {Promise<number>} the exit code
 */
function vitest(argv, report, answers) {
  const cli = path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['default', 'json', path.join(projectRoot, 'scripts/lib/skips-reporter.mjs')]
  const flags = [...reporters.map((name) => `--reporter=${name}`), `--outputFile.json=${report}`]
  // Whoever has NODE_ENV=production set still tests: React and vitest read it.
  return childEnds([cli, ...argv, ...flags], {NODE_ENV: 'test', RECORD_RESPONSES: answers})
}

/**
 * @param {string[]} argv of a Node in the project's folder
 * @param {Record<string, string>} [env] besides ours
 * @returns {Promise<number>} the exit code
 */
function childEnds(argv, env = {}) {
  const child = spawn(process.execPath, argv, {cwd: projectRoot, env: {...process.env, ...env}, stdio: 'inherit'})
  // A Ctrl-C reaches vitest as well: it stops the engines it started before it ends.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** @param {import('./lib/tools.mjs').Tool} tool */
async function ensureOrGoWithout(tool) {
  try {
    await ensureTool(tool)
  } catch (error) {
    if (!(error instanceof Advice)) throw error
    say(error.message)
    say(`The tests that need it ${process.env.REAL_PARTS === 'required' ? 'fail' : 'are skipped'}.`)
  }
}
