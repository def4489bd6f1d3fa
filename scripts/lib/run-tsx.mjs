import {spawn} from 'node:child_process'
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'

/**
 * Runs a TypeScript file of this project (a path from its root) in a Node of its own; resolves with its exit code. A Ctrl-C reaches
 * it too, and SIGTERM is handed on: it ends what it has started first.
 * @param {string} file
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export function runTsx(file, args = process.argv.slice(2)) {
  const tsx = createRequire(import.meta.url).resolve('tsx')
  const main = fileURLToPath(new URL(`../../${file}`, import.meta.url))
  const child = spawn(process.execPath, ['--import', tsx, main, ...args], {stdio: 'inherit'})
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}
