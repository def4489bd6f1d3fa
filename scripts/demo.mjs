// npm run demo: ships examples/hello to a local Heroku with the command a user runs.
import {spawn} from 'node:child_process'
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'

import {script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'

await script(async () => {
  await ensureReady({build: true})
  const tsx = createRequire(import.meta.url).resolve('tsx')
  const main = fileURLToPath(new URL('../test/demo/main.ts', import.meta.url))
  // "production" would be seen by React alone; the demo is the same with it and without it.
  const child = spawn(process.execPath, ['--import', tsx, main, ...process.argv.slice(2)], {stdio: 'inherit'})
  // A Ctrl-C reaches the child as well: it ends its dynos first.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
})
