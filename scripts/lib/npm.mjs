import {spawn} from 'node:child_process'

import {projectRoot} from './cache.mjs'
import {Advice} from './say.mjs'

/**
 * Runs a command to its end, without stdin; its output is kept back and only shown when it fails.
 * @param {string} command
 * @param {string[]} argv
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} [options]
 * @returns {Promise<{code: number | null, output: string}>} output: stdout and stderr as they came
 */
export async function quietly(command, argv, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, {cwd: projectRoot, ...options, stdio: ['ignore', 'pipe', 'pipe']})
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    child.on('error', reject)
    child.on('close', (code) => resolve({code, output}))
  })
}

/**
 * Runs npm, whatever started this process: `npm run` names the npm to use, else it is the one on PATH.
 * @param {string[]} argv
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, what: string}} options what: "install the dependencies", for the error
 */
export async function npm(argv, {what, ...options}) {
  const cli = process.env.npm_execpath
  const [command, before] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []]
  const flags = ['--no-audit', '--no-fund', '--loglevel=error']
  const {code, output} = await quietly(command, [...before, ...argv, ...flags], options).catch((error) => {
    if (error.code !== 'ENOENT') throw error
    throw new Advice(`Can't ${what}: there is no npm on PATH. Install Node.js 20 or newer with its npm.`)
  })
  if (code === 0) return output
  const [network] =
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ECONNRESET)\b/.exec(output) ?? []
  throw new Advice(
    network
      ? `Can't ${what}: the npm registry can't be reached (${network}). Connect to the network and try again.`
      : `Can't ${what}: npm ended with ${code}.\n${output.trim().split('\n').slice(-15).join('\n')}`,
  )
}
