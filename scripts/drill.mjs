// npm run drill: kills runs at lines of their journals and around their requests, and has them put right. --seed N; --points all|N
// (all: hours on two cores; writes docs/crash-drill.md); --log FILE: keeps the outcomes, and goes on from those in it; --minutes N:
// none begins after that; --only TEXT: points whose names have it; --beside N: worlds at a time; --walk: writes docs/recover-walk.md
// instead, needs tmux.
import {runTsx} from './lib/run-tsx.mjs'
import {script} from './lib/say.mjs'
import {ensureReady} from './lib/setup.mjs'
import {ensureTool} from './lib/tools.mjs'

await script(async () => {
  await ensureReady({build: true})
  for (const tool of /** @type {const} */ (['heroku', 'node22'])) await ensureTool(tool)
  return runTsx('test/drill/main.ts')
})
