// Starts the local Heroku alone: npm run platform -- --port 5055 --state FILE
import {runTsx} from './lib/run-tsx.mjs'

process.exitCode = await runTsx('test/platform/main.ts')
