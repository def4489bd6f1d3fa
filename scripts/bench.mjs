// npm run bench: ours and the stock CLI side by side on one local Heroku; writes bench/RESULTS.md and bench/results.json. Needs
// root (port 443, the hosts file) and Docker. --rounds N; --only ID,ID prints those rows and writes nothing.
import {runTsx} from './lib/run-tsx.mjs'
import {script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'
import {ensureTool} from './lib/tools.mjs'

await script(async () => {
  await ensureReady({build: true})
  await ensureTool('heroku')
  return runTsx('bench/main.ts')
})
