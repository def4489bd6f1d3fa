import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {ArchiveError} from '../errors.js'

/** A file of an archive, where it lies now. */
export type ArchiveFile = {file: string; size: number; digest: string}

/** No manifest, index or config is larger; a layer is never read whole. Bytes. */
const MOST_BYTES = 16 * 1024 * 1024

/** The files of an archive by the names the archive gives them, links followed inside it. */
export class ArchiveFiles {
  private readonly files = new Map<string, ArchiveFile>()
  private readonly links = new Map<string, string>()

  get size(): number {
    return this.files.size
  }

  add(name: string, file: ArchiveFile): void {
    this.files.set(plain(name), file)
  }

  link(name: string, folder: string, target: string): void {
    this.links.set(plain(name), plain(path.posix.join(folder, target)))
  }

  has(name: string): boolean {
    return this.lookUp(name) !== undefined
  }

  /** @throws ArchiveError naming what is missing */
  get(name: string): ArchiveFile {
    const file = this.lookUp(name)
    if (!file) throw new ArchiveError(`The image archive is not whole: ${name} is missing. Write it again.`)
    return file
  }

  /** The blob of an OCI layout, its bytes checked. */
  blob(digest: string): ArchiveFile {
    const name = `blobs/${digest.replace(':', '/')}`
    const file = this.get(name)
    if (file.digest !== digest)
      throw new ArchiveError(`The image archive is damaged: ${name} is ${file.digest}. Write it again.`)
    return file
  }

  hasBlob(digest: string): boolean {
    return this.has(`blobs/${digest.replace(':', '/')}`)
  }

  async json<T>({file, size}: ArchiveFile, name: string): Promise<T> {
    if (size > MOST_BYTES) throw new ArchiveError(`The image archive is damaged: its ${name} has ${size} bytes.`)
    try {
      return JSON.parse(await readFile(file, 'utf8')) as T
    } catch (error) {
      throw new ArchiveError(`The image archive is damaged: its ${name} is not JSON.`, {cause: error})
    }
  }

  private lookUp(name: string): ArchiveFile | undefined {
    let at = plain(name)
    for (let hops = 0; hops < 16 && !this.files.has(at); hops++) at = this.links.get(at) ?? at
    return this.files.get(at)
  }
}

function plain(name: string): string {
  return path.posix.join('/', name).slice(1)
}
