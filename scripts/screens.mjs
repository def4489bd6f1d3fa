// npm run screens: writes docs/screen.md, and the screen in the README, from a real run in a real terminal. Needs tmux.
import {runTsx} from './lib/run-tsx.mjs'
import {script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'
import {ensureTool} from './lib/tools.mjs'

await script(async () => {
  await ensureReady({build: true})
  await ensureTool('heroku')
  return runTsx('test/terminal/screens.ts')
})
