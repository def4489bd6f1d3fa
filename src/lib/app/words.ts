/** `web`, `web and worker`, `web, worker and release`. */
export function listOf(words: string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** The first 12 hex digits of a digest, as Heroku's release descriptions show it (platform-facts §1.6). */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12)
}

/** Each as `ps:scale` takes it: `worker=2`. */
export function quantityWords(quantities: Record<string, number | string>): string[] {
  return Object.entries(quantities).map(([type, quantity]) => `${type}=${quantity}`)
}

/** The command that puts a run right. `journal`: the file that has to be named for it, when it is not where it is looked for. */
export function recoverCommand(app: string, {flags = [], journal}: {flags?: string[]; journal?: string} = {}): string {
  const named = journal === undefined ? [] : ['--journal', quoted(journal)]
  return ['heroku pipeline:recover --app', app, ...flags, ...named].join(' ')
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
