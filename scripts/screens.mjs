// npm run screens: writes docs/screen.md, and the screen in the README, from a real run in a real terminal. Needs tmux.
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
  const main = fileURLToPath(new URL('../test/terminal/screens.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', tsx, main], {stdio: 'inherit'})
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
})
