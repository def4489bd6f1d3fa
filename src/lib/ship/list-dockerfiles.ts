import {readdir} from 'node:fs/promises'
import path from 'node:path'

import {typeInName} from '../config/dockerfiles.js'

/** Folders that hold other people's Dockerfiles. */
const NEVER = new Set(['.git', 'node_modules'])

/** The Dockerfiles of a folder, or of everything below it; relative to it, with `/`, sorted. */
export async function listDockerfiles(folder: string, {recursive}: {recursive: boolean}): Promise<string[]> {
  const found: string[] = []
  const look = async (below: string): Promise<void> => {
    const entries = await readdir(path.join(folder, below), {withFileTypes: true})
    for (const entry of entries) {
      const name = below ? `${below}/${entry.name}` : entry.name
      if (entry.isDirectory() && recursive && !NEVER.has(entry.name)) await look(name)
      else if (!entry.isDirectory() && typeInName(entry.name) !== undefined) found.push(name)
    }
  }

  await look('')
  return found.sort()
}
