import {readdirSync, readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'

/** Groups that still run; a platform that exits takes them along. */
const running = new Set<number>()
process.on('exit', () => {
  for (const group of running) signalGroup(group, 'SIGKILL')
})

export function adopt(group: number): void {
  running.add(group)
}

/** Signals every process of a group; nothing happens when there is none any more. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  // Group 0 would be our own, and 1 everybody's.
  if (group <= 1) return
  try {
    process.kill(-group, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Waits until no process of the group runs. @returns false when some still do after `ms` */
export async function groupEnded(group: number, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; ; await sleep(20)) {
    if (!isRunning(group)) {
      running.delete(group)
      return true
    }
    if (Date.now() >= deadline) return false
  }
}

function isRunning(group: number): boolean {
  if (group <= 1) return false
  try {
    process.kill(-group, 0)
  } catch {
    return false
  }
  return hasLivingMember(group)
}

/** A dead orphan that nobody has reaped yet still answers signals: only its state tells. */
function hasLivingMember(group: number): boolean {
  if (process.platform !== 'linux') return true
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false
    const [state, , pgrp] = statOf(name)
    return Number(pgrp) === group && state !== 'Z' && state !== 'X'
  })
}

/** The fields after the name, which may hold blanks and brackets: state, parent, group, … */
function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
