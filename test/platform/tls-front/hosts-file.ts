import {appendFileSync, closeSync, ftruncateSync, openSync, readFileSync, writeSync} from 'node:fs'

/** Ends every line that is ours, so that what a killed run left is known again. */
const MARK = '# local Heroku, goes when it stops'

/**
 * Has these names mean 127.0.0.1 until the returned function is called: one line at the end of the file, with the names it lacks.
 * What a killed run of ours left is taken out first. The file keeps its inode (in a container it is a mount) and at no moment
 * lacks a line of somebody else's.
 * @throws Error when a name is another machine's, or the file may not be written
 */
export function addHosts(names: string[], file: string): () => void {
  removeOurs(file)
  const known = namesIn(readFileSync(file, 'utf8'))
  const elsewhere = names.find((name) => known.has(name) && known.get(name)?.startsWith('127.') === false)
  if (elsewhere) throw new Error(`${file} says that ${elsewhere} is ${known.get(elsewhere)}: take that line out`)
  const missing = names.filter((name) => !known.has(name))
  if (missing.length === 0) return () => {}

  const newLine = /[^\n]$/.test(readFileSync(file, 'utf8')) ? '\n' : ''
  const ours = `${newLine}127.0.0.1 ${missing.join(' ')} ${MARK}\n`
  appendFileSync(file, ours)
  // However this process ends, short of SIGKILL.
  const remove = () => rewrite(file, (text) => text.replace(ours, ''))
  process.once('exit', remove)
  return () => {
    process.off('exit', remove)
    remove()
  }
}

const removeOurs = (file: string): void =>
  rewrite(file, (text) =>
    text
      .split('\n')
      .filter((line) => !line.endsWith(MARK))
      .join('\n'),
  )

/** Address of each name. */
function namesIn(text: string): Map<string, string> {
  const entries = text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    return names.map((name) => [name, address] as const)
  })
  // The first line that knows a name wins.
  return new Map(entries.reverse())
}

/** In one write over the old text, cut off behind it: killed in between, the file has some lines twice and lacks none. */
function rewrite(file: string, change: (text: string) => string): void {
  const old = readFileSync(file, 'utf8')
  const text = change(old)
  if (text === old) return
  const fd = openSync(file, 'r+')
  try {
    writeSync(fd, text, 0)
    ftruncateSync(fd, Buffer.byteLength(text))
  } finally {
    closeSync(fd)
  }
}
