import type {Recording} from '../types.js'
import type {ReadOptions} from './recording.js'

/**
 * Reads archives, plain, `.gz` or `.zst` (known by their first bytes, not by name), one after the other, into one recording; `-` is
 * stdin.
 * @throws UsageError for a file that cannot be opened, that is damaged gzip/zstd, or .zst on a Node without zstd (Node 20)
 */
export function readArchives(_files: string[], _options: Omit<ReadOptions, 'source'>): Promise<Recording> {
  throw new Error('not there yet')
}
