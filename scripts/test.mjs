import {spawn} from 'node:child_process'
import path from 'node:path'

import {projectRoot} from './lib/cache.mjs'
import {Advice, say, script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'
import {ensureTool} from './lib/tools.mjs'

// All a fresh clone needs to run the tests. Arguments go on to vitest: `npm test -- test/run`.
await script(async () => {
  await ensureReady({build: true})
  for (const tool of /** @type {const} */ (['heroku', 'node22'])) await ensureOrGoWithout(tool)
  const vitest = path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
    cwd: projectRoot,
    // Without a value of its own vitest sets "test"; React and others must not see "production" in a test.
    env: {...process.env, NODE_ENV: 'test'},
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
})

/** @param {import('./lib/tools.mjs').Tool} tool */
async function ensureOrGoWithout(tool) {
  try {
    await ensureTool(tool)
  } catch (error) {
    if (!(error instanceof Advice)) throw error
    say(error.message)
    say(
      process.env.REAL_PARTS === 'required'
        ? 'REAL_PARTS=required: the tests that need it fail.'
        : 'The tests that need it are skipped.',
    )
  }
}
