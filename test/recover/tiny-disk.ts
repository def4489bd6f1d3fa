import {execFile} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'

const run = promisify(execFile)

type TinyDisk = AsyncDisposable & {dir: string; readOnly(): Promise<void>; resize(kib: number): Promise<void>}

/** A disk of its own of so many KiB; only root may have one. */
export async function tinyDisk(kib: number): Promise<TinyDisk> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tiny-disk-'))
  await run('mount', ['-t', 'tmpfs', '-o', `size=${kib}k,mode=700`, 'none', dir])
  return {
    dir,
    resize: async (to) => void (await run('mount', ['-o', `remount,size=${to}k`, dir])),
    readOnly: async () => void (await run('mount', ['-o', 'remount,ro', dir])),
    async [Symbol.asyncDispose]() {
      await run('umount', ['--lazy', dir])
      await rm(dir, {recursive: true, force: true})
    },
  }
}

/** No file that this process writes may become larger than so many bytes: the rest of a line is refused, as by a full disk. */
export async function limitFiles(pid: number, bytes: number | 'unlimited'): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}`])
}
