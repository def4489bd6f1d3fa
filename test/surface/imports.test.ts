import {ESLint} from 'eslint'
import path from 'node:path'
import {expect, test} from 'vitest'

import {projectRoot} from '../../scripts/lib/cache.mjs'

const eslint = new ESLint({
  cwd: projectRoot,
  // The type-aware rules need files that are on disk; the arrows do not.
  overrideConfig: {languageOptions: {parserOptions: {project: null, projectService: false}}},
  ruleFilter: ({ruleId}) => ruleId === 'ours/arrows' || ruleId === 'no-restricted-globals',
})

const violations = async (file: string, text: string) => {
  const results = await eslint.lintText(text, {filePath: path.join(projectRoot, 'src', file)})
  return results.flatMap(({messages}) => messages.map(({message}) => message))
}

test.each([
  ['lib/run/runner.ts', "import {createPlatform} from '../heroku/platform.js'", 'run must not import heroku'],
  ['lib/run/runner.ts', "import type {Platform} from '../heroku/types.js'", 'run must not import heroku'],
  ['lib/run/runner.ts', "import {renderPlain} from '../ui/plain.js'", 'run must not import ui'],
  ['lib/run/runner.ts', "import {planShip} from '../ship/plan.js'", 'run must not import pure'],
  ['lib/run/runner.ts', "import {readFileSync} from 'node:fs'", 'run is kept free of node:fs'],
  ['lib/run/runner.ts', "import {readFileSync} from 'fs'", 'run is kept free of node:fs'],
  ['lib/run/runner.ts', "const {connect} = await import('node:net')", 'run is kept free of node:net'],
  ['lib/run/journal.ts', "import {request} from 'node:http'", 'journal is kept free of node:http'],
  ['lib/ship/plan.ts', "import {readFile} from 'node:fs/promises'", 'pure is kept free of node:fs/promises'],
  [
    'lib/ship/plan.ts',
    "import {createPlatform} from '../heroku/platform.js'",
    'pure must not import heroku, only its types',
  ],
  ['lib/migrate/plan.ts', "import {render} from 'ink'", 'pure is kept free of ink'],
  ['lib/config/build-args.ts', "import {readFileSync} from 'node:fs'", 'config is kept free of node:fs'],
  ['lib/config/build-args.ts', "import {Docker} from '../docker/engine.js'", 'config must not import docker'],
  ['lib/ship/steps/build.ts', "import Docker from 'dockerode'", 'only docker may import dockerode, not ship'],
  ['lib/ship/steps/build.ts', "export {default} from 'dockerode'", 'only docker may import dockerode, not ship'],
  ['lib/ship/steps/build.ts', "const Docker = await import('dockerode')", 'only docker may import dockerode, not ship'],
  ['lib/ship/report.ts', "import {Text} from 'ink'", 'only ui, memory-front may import ink, not ship'],
  [
    'lib/command/session.ts',
    "import {jsx} from 'react/jsx-runtime'",
    'only ui, memory-front may import react, not command',
  ],
  ['lib/ship/read-facts.ts', "import {renderPlain} from '../ui/plain.js'", 'ship must not import ui'],
  ['lib/ship/read-facts.ts', "import https from 'node:https'", 'not ship'],
  ['lib/ui/plain.ts', "import {readShipFacts} from '../ship/read-facts.js'", 'ui must not import ship'],
  ['lib/docker/push.ts', "import {createRegistry} from '../registry/registry.js'", 'docker must not import registry'],
  ['lib/registry/registry.ts', "import {APIClient} from '@heroku-cli/command'", 'not registry'],
  ['lib/heroku/platform.ts', "import Ship from '../../commands/pipeline/ship.js'", 'heroku must not import commands'],
  ['lib/ship/ship.ts', "export * from '../../commands/pipeline/ship.js'", 'ship must not import commands'],
  [
    'commands/pipeline/ship.ts',
    "import {createPlatform} from '../../lib/heroku/platform.js'",
    'commands must not import heroku',
  ],
  ['commands/pipeline/ship.ts', "import {World} from '../../../test/platform/world.js'", 'nothing from outside src'],
  ['lib/misc/words.ts', "import path from 'node:path'", 'misc has no import arrows yet'],
  ['lib/ship/read-facts.ts', "export const r = fetch('https://api.heroku.com')", "Unexpected use of 'fetch'"],
])('%s: %s is reported', async (file, text, expected) => {
  expect(await violations(file, text)).toEqual([expect.stringContaining(expected)])
})

test.each([
  ['lib/run/journal.ts', "import {openSync} from 'node:fs'"],
  ['lib/run/runner.ts', "import {openJournal} from './journal.js'"],
  ['lib/ship/plan.ts', "import type {Release} from '../heroku/types.js'"],
  ['lib/ship/plan.ts', "import {buildImages} from './steps/build.js'"],
  ['lib/ship/steps/push.ts', "import {PushRefused} from '../../docker/errors.js'"],
  ['lib/docker/transport.ts', "const Docker = await import('dockerode')"],
  ['lib/ui/ink/screen.tsx', "import {Text} from 'ink'"],
  ['lib/heroku/send-once.ts', "export const r = fetch('https://api.heroku.com')"],
  ['commands/pipeline/ship.ts', "import {flags} from '@heroku-cli/command'"],
])('%s: %s is allowed', async (file, text) => {
  expect(await violations(file, text)).toEqual([])
})
