import {execFile} from 'node:child_process'
import {setTimeout as sleep} from 'node:timers/promises'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** What `ps` showed of a process and of those below it, while it ran. */
export type Watched = {own: Set<string>; children: Set<string>}

/** Looks at the process list until `done` settles, as anybody on the machine can. */
export async function watchChildren(pid: number, done: Promise<unknown>, everyMs = 200): Promise<Watched> {
  const seen: Watched = {own: new Set(), children: new Set()}
  const watch = {running: true}
  const ended = done
    .catch(() => {})
    .finally(() => {
      watch.running = false
    })
  while (watch.running) {
    const {stdout} = await run('ps', ['-ww', '-eo', 'pid=,ppid=,args='], {maxBuffer: 1e8})
    const all = [...stdout.matchAll(/^ *(\d+) +(\d+) (.*(?:\n(?! *\d+ +\d+ ).*)*)/gm)].map(([, own, parent, args]) => {
      return {pid: Number(own), parent: Number(parent), args: args ?? ''}
    })
    const family = new Set([pid])
    // A child may stand before its parent: as often as there are new ones.
    for (let before = 0; before < family.size;) {
      before = family.size
      for (const each of all) if (family.has(each.parent)) family.add(each.pid)
    }

    for (const each of all) {
      if (each.pid === pid) seen.own.add(each.args)
      else if (family.has(each.pid)) seen.children.add(each.args)
    }
    await Promise.race([sleep(everyMs), ended])
  }
  return seen
}
