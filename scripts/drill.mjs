// npm run drill: kills runs at lines of their journals and around their requests, and has them put right. --seed N; --points all|N
// (all of them: an hour, and docs/crash-drill.md is written); --only TEXT: points whose names have it; --beside N: so many at a time;
// --minutes N: none begins after that; --log FILE: keeps the outcomes, and goes on from those in it; --walk: writes docs/recover-walk.md instead, needs tmux.
import {spawn} from 'node:child_process'
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'

import {script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'
import {ensureTool} from './lib/tools.mjs'

await script(async () => {
  await ensureReady({build: true})
  for (const tool of /** @type {const} */ (['heroku', 'node22'])) await ensureTool(tool)
  const tsx = createRequire(import.meta.url).resolve('tsx')
  const main = fileURLToPath(new URL('../test/drill/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', tsx, main, ...process.argv.slice(2)], {stdio: 'inherit'})
  // A Ctrl-C reaches the child as well: it ends its dynos first.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
})
