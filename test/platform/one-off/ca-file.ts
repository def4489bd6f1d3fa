import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'

/**
 * A file for NODE_EXTRA_CA_CERTS: this authority and those of the file that the variable names already, which would
 * otherwise be lost to whoever sets ours.
 * @returns its path
 */
export function writeCaFile(folder: string, ca: string, already = process.env.NODE_EXTRA_CA_CERTS): string {
  const file = path.join(folder, 'ca.pem')
  writeFileSync(file, `${ca}${contentOf(already)}`)
  return file
}

/** Node itself only warns of a file it cannot read. */
function contentOf(file: string | undefined): string {
  if (!file) return ''
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
