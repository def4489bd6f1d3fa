import {needs, officialSchemas} from '../real/needs.js'
import {compareWithSchemas} from './official-schema.js'
import {recordedAnswers} from './recording.js'

/*
 * The last step of a test run (scripts/test.mjs): every answer that its platforms recorded in the folder that the first argument
 * names, against the official schemas. Exit code 1 when one is unlike them; with REAL_PARTS=required also when the schemas are
 * not there; and when a whole run (second argument `whole`) recorded nothing.
 */
const [folder = '', extent] = process.argv.slice(2)
const {count, different} = recordedAnswers(folder)
let absent: string | undefined
await needs({skip: (note = '') => void (absent = note)}, 'official-schemas').catch((error: Error) =>
  fail(error.message),
)

if (count === 0 && extent === 'whole') fail('no answer was recorded')
else if (absent) say(`${count} answers, NOT compared: this ${absent}`)
else if (count > 0 && process.exitCode === undefined) compare()

function compare(): void {
  const {links, problems} = compareWithSchemas(officialSchemas, different)
  const violations = new Set(problems)
  for (const violation of violations) say(violation)
  const figures = `${count} answers (${different.length} distinct), ${links.size} links, ${violations.size} violations`
  if (violations.size > 0) fail(figures)
  else say(figures)
}

function say(text: string): void {
  console.log(`official schemas: ${text}`)
}

function fail(text: string): void {
  say(text)
  process.exitCode = 1
}
