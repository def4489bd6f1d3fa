import {createHash} from 'node:crypto'
import {Transform} from 'node:stream'

/** `sha256:<64 hex digits>`. */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text)
}

export function sha256(bytes: Uint8Array): string {
  return 'sha256:' + createHash('sha256').update(bytes).digest('hex')
}

/** Lets bytes through and counts and hashes them on the way; read `digest()` and `size` when it has ended. */
export function meter(): Transform & {digest(): string; size: number} {
  const hash = createHash('sha256')
  const through = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      metered.size += chunk.length
      done(null, chunk)
    },
  })
  const metered = Object.assign(through, {digest: () => 'sha256:' + hash.digest('hex'), size: 0})
  return metered
}
