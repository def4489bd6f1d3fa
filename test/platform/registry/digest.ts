import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {pipeline} from 'node:stream/promises'

/** `sha256:<64 hex digits>`: the only algorithm anybody uses. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

export function hexOf(digest: string): string {
  if (!isDigest(digest)) throw new Error(`Not a sha256 digest: ${digest}`)
  return digest.slice('sha256:'.length)
}

export function sha256(bytes: Buffer | string): string {
  return 'sha256:' + createHash('sha256').update(bytes).digest('hex')
}

export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return 'sha256:' + hash.digest('hex')
}
