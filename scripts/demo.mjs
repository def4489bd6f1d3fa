// npm run demo: ships examples/hello to a local Heroku with the command a user runs.
import {runTsx} from './lib/run-tsx.mjs'
import {script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'

await script(async () => {
  await ensureReady({build: true})
  return runTsx('test/demo/main.ts')
})
