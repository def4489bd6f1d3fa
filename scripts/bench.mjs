// npm run bench: ours and the stock CLI side by side on one local Heroku; writes bench/RESULTS.md and bench/results.json. Needs
// root (port 443, the hosts file) and Docker. --rounds N; --only ID,ID prints those rows and writes nothing.
import {spawn} from 'node:child_process'
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'

import {script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'
import {ensureTool} from './lib/tools.mjs'

await script(async () => {
  await ensureReady({build: true})
  await ensureTool('heroku')
  const tsx = createRequire(import.meta.url).resolve('tsx')
  const main = fileURLToPath(new URL('../bench/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', tsx, main, ...process.argv.slice(2)], {stdio: 'inherit'})
  // A Ctrl-C reaches the child too: it stops the local Heroku and its dynos first.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
})
