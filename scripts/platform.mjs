// Starts the local Heroku alone: npm run platform -- --port 5055 --state FILE
import {spawn} from 'node:child_process'
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'

const tsx = createRequire(import.meta.url).resolve('tsx')
const main = fileURLToPath(new URL('../test/platform/main.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', tsx, main, ...process.argv.slice(2)], {stdio: 'inherit'})

// A terminal's Ctrl-C reaches the child too; any other signal is handed on. Either way it ends its dynos first.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
