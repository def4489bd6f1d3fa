import {readFile} from 'node:fs/promises'
import type {TestProject} from 'vitest/node'

import {ensureReady} from '../../scripts/lib/setup.mjs'
import {startSharedEngines} from './docker-engine.js'

/**
 * Once per run, and only for the test files that are about to run: compiles what a real CLI will load, and starts one Docker
 * Engine of each kind for all files together.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // What was given on the command line; vitest keeps it to itself.
  const {filenamePattern} = project.vitest as {filenamePattern?: string[]}
  const {testFiles} = await project.globTestFiles(filenamePattern)
  const texts = await Promise.all(testFiles.map((file) => readFile(file, 'utf8')))
  const someFile = (mentions: RegExp) => texts.some((text) => mentions.test(text))

  if (someFile(/'heroku-cli'|\/(heroku-cli|packed-plugin|ship-process)\.js'|manifest\.mjs'/))
    await ensureReady({build: true})
  if (!someFile(/'(newer-)?docker'|docker-engine\.js'/)) return async () => {}
  const engines = await startSharedEngines()
  process.env.REAL_ENGINES_MISSING = engines.reasons.join('; ')
  return () => engines.stop()
}
