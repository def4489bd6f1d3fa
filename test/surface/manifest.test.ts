import {expect, test} from 'vitest'

import {isManifestFresh, makeManifest} from '../../scripts/lib/manifest.mjs'
import {ensureReady} from '../../scripts/lib/setup.mjs'

test('oclif.manifest.json tells of the commands as they are (else: npm run manifest)', async () => {
  await ensureReady({build: true})
  expect(await isManifestFresh()).toBe(true)
})

test('the manifest says nothing of the machine it was made on', async () => {
  expect(await makeManifest()).not.toContain(process.cwd())
})
