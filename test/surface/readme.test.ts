import {readFile} from 'node:fs/promises'
import {expect, it} from 'vitest'

import {EXIT_CODES} from '../../src/lib/run/exit-codes.js'

it('the README has the table of exit codes that the runner and --help have', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const section = readme.split('## Exit codes')[1]!.split('\n## ')[0]!
  const rows = [...section.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, means]) => ({code: Number(code), means}))
  expect(rows).toEqual(Object.values(EXIT_CODES))
})
