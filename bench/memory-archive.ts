import {open} from 'node:fs/promises'

/** What the archive is made of, of 1000 lines. */
const ROUTER = 600
const APP = 350
const LOAD = 25
const UUID = '7f9b14bc-1d3b-47f4-91c1-704964b8793f'

/**
 * Writes an archive as `heroku logs` gives it: 95 % lines of the router and of a Rails app, the others load, memory, now and then
 * `Process running mem=` and R14. The same for the same size.
 * @param megabytes of 10^6 bytes
 * @returns how many memory samples are in it
 */
export async function writeArchive(file: string, megabytes: number): Promise<number> {
  const handle = await open(file, 'w')
  let [written, samples, line, text] = [0, 0, 0, '']
  try {
    while (written < megabytes * 1e6) {
      // Each thousand has all kinds, mixed: 7 and 1000 have no common factor.
      const kind = (line * 7) % 1000
      const next = lineOf(kind, line)
      if (next.includes('sample#memory_total')) samples++
      text += next
      line++
      if (text.length >= 1 << 22) {
        await handle.write(text)
        written += text.length
        text = ''
      }
    }
  } finally {
    await handle.close()
  }
  return samples
}

const begin = Date.UTC(2024, 0, 1)

function lineOf(kind: number, line: number): string {
  const at = new Date(begin + line * 20).toISOString().replace('Z', '194+00:00')
  const dyno = `web.${1 + (line % 8)}`
  const id = `${(line * 2_654_435_761) % 4_294_967_296}`.padStart(10, '0')
  if (kind < ROUTER) {
    const method = kind % 5 === 0 ? 'POST' : 'GET'
    return `${at} heroku[router]: at=info method=${method} path="/api/v1/items/${id}?page=${kind % 9}" host=example-app.herokuapp.com request_id=${UUID.slice(0, -10)}${id} fwd="203.0.113.${kind % 250}" dyno=${dyno} connect=0ms service=${kind}ms status=200 bytes=${line % 9999} protocol=https\n`
  }
  if (kind < ROUTER + APP) {
    if (kind % 7 === 0) {
      return `${at} app[${dyno}]: I, [${at.slice(0, 26)} #4]  INFO -- : [${id}] Processing by ItemsController#show as JSON\n`
    }
    return `${at} app[${dyno}]: I, [${at.slice(0, 26)} #4]  INFO -- : [${id}] Completed 200 OK in ${kind}ms (Views: 1.3ms | ActiveRecord: ${kind % 30}.4ms | Allocations: 3412)\n`
  }
  const who = `${at} heroku[${dyno}]: source=${dyno} dyno=heroku.222222222.${UUID.slice(0, -1)}${line % 8}`
  if (kind < ROUTER + APP + LOAD) return `${who} sample#load_avg_1m=0.${kind} sample#load_avg_5m=0.00\n`
  if (kind === 998) return `${at} heroku[${dyno}]: Process running mem=528M(103.1%)\n`
  if (kind === 999) return `${at} heroku[${dyno}]: Error R14 (Memory quota exceeded)\n`
  return `${who} sample#memory_total=${300 + (line % 200)}.41MB sample#memory_rss=34.33MB sample#memory_cache=0.08MB sample#memory_swap=0.00MB sample#memory_pgpgin=${line}pages sample#memory_pgpgout=0pages sample#memory_quota=512.00MB\n`
}
