import {script, say} from './lib/say.mjs'
import {ensureReady, warnIfManifestStale} from './lib/setup.mjs'

// npm run build      compile what changed, and say when the manifest is behind
// npm run manifest   the same, and write the manifest
await script(async () => {
  await ensureReady({build: true})
  if (!process.argv.includes('--manifest')) return warnIfManifestStale()
  const {writeManifest} = await import('./lib/manifest.mjs')
  await writeManifest()
  say('Wrote oclif.manifest.json')
})
