import {execFile} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {promisify} from 'node:util'

import type {RunStory} from '../run/run-story.js'

const run = promisify(execFile)

/**
 * Whether the process of a run is still there: on this machine, and a command of ours, because process ids come again. Elsewhere
 * nobody can know, so false.
 */
export async function isAtWork({host, outcome, pid}: Pick<RunStory, 'host' | 'outcome' | 'pid'>): Promise<boolean> {
  if (pid === undefined || pid === process.pid || outcome || host !== hostname()) return false
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    // A process that is gone has no such file; a machine that is no Linux has none of any.
    if (process.platform === 'linux') return error.code === 'ENOENT' ? '' : 'pipeline:'
    const listed = await run('ps', ['-o', 'command=', '-p', String(pid)], {timeout: 5000}).catch(() => undefined)
    return listed?.stdout ?? ''
  })
  return line.includes('pipeline:')
}
