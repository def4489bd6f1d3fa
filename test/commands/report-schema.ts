import {Ajv} from 'ajv'
import {expectTypeOf} from 'vitest'

import type {ShipReport} from '../../src/lib/ship/report.js'

/** What `--json` prints, as its readers know it. A key that is added, renamed or dropped is a change of the public surface. */
type Documented = {
  outcome: 'done' | 'failed' | 'held' | 'interrupted' | 'planned' | 'refused' | 'unchanged'
  exitCode: 0 | 1 | 129 | 130 | 143 | 2 | 3 | 4 | 5
  app: string
  message: string
  run?: string
  release?: {version: number}
  images?: Array<{type: string; image: string; manifest: string; size: number; layers: number}>
  phases?: Array<{step: string; title: string; ms: number; ok: boolean}>
  downtimeMs?: number
  migration?: {dyno: string; ms: number}
  backups?: NonNullable<ShipReport['backups']>
  goBack?: Array<{what: string; command?: string}>
  error?: {step?: string; reason: string; lines?: string[]}
  reasons?: Array<{message: string; fix?: string}>
  left: Array<{what: string; command?: string}>
  warnings?: string[]
  journal?: string
  plan?: Array<{
    plan: string
    steps: Array<{id: string; title: string; pivot: boolean; fails: string}>
    failures: Array<{fails: string; when: string; world: string; action: string; exit: number}>
  }>
}
expectTypeOf<{[key in keyof ShipReport]: ShipReport[key]}>().toEqualTypeOf<Documented>()

const text = {type: 'string', minLength: 1}
const count = {type: 'integer', minimum: 0}
const yesOrNo = {type: 'boolean'}
const digest = {type: 'string', pattern: '^sha256:[0-9a-f]{64}$'}
const list = (items: object) => ({type: 'array', items})

/** An object with these keys and no others; those that end in `?` may be absent. */
function object(keys: Record<string, object>): object {
  const entries = Object.entries(keys)
  return {
    type: 'object',
    additionalProperties: false,
    required: entries.flatMap(([key]) => (key.endsWith('?') ? [] : [key])),
    properties: Object.fromEntries(entries.map(([key, schema]) => [key.replace(/\?$/, ''), schema])),
  }
}

const schema = object({
  outcome: {enum: ['done', 'failed', 'held', 'interrupted', 'planned', 'refused', 'unchanged', 'usage']},
  exitCode: {enum: [0, 1, 2, 3, 4, 5, 129, 130, 143]},
  // Absent when the flags could not be read.
  'app?': text,
  message: text,
  'run?': text,
  'release?': object({version: count}),
  'images?': list(object({type: text, image: digest, manifest: digest, size: count, layers: count})),
  'phases?': list(object({step: text, title: text, ms: count, ok: yesOrNo})),
  'downtimeMs?': count,
  'migration?': object({dyno: text, ms: count}),
  'backups?': list(
    object({
      attachment: text,
      addon: text,
      plan: text,
      billingApp: text,
      kept: {enum: ['capture', 'restore-point']},
      'backup?': text,
      'bytes?': count,
      'at?': text,
    }),
  ),
  'goBack?': list(object({what: text, 'command?': text})),
  'error?': object({'step?': text, reason: text, 'lines?': list(text)}),
  'reasons?': list(object({message: text, 'fix?': text})),
  left: list(object({what: text, 'command?': text})),
  'warnings?': list(text),
  'journal?': text,
  'plan?': list(
    object({
      plan: text,
      steps: list(object({id: text, title: text, pivot: yesOrNo, fails: text})),
      failures: list(
        object({fails: text, when: text, world: text, action: {enum: ['hold', 'undo']}, exit: {enum: [1, 4]}}),
      ),
    }),
  ),
})

const validate = new Ajv({allErrors: true}).compile(schema)

/** What is wrong with a report, a line each: `/images/0/size must be integer`. */
export function wrongWith(report: unknown): string[] {
  validate(report)
  return (validate.errors ?? []).map(
    ({instancePath, message, params}) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}
