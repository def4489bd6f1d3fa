import type {Transfer} from './data-types.js'
import {type Fields, fieldsOf, listOf, maybeText, numberAt, textAt} from './record.js'

/** A transfer without its URLs, which hold credentials (platform-facts §6.3). */
export function parseTransfer(json: unknown): Transfer {
  const fields = fieldsOf(json, 'transfer')
  const num = numberAt(fields, 'num', 'transfer')
  const kind = kindOf(fields)
  const scheduled = Boolean(fields.schedule)
  const succeeded = fields.succeeded
  return {
    uuid: textAt(fields, 'uuid', 'transfer'),
    num,
    name: nameOf(fields, num, kind, scheduled),
    kind,
    scheduled,
    from: maybeText(fields, 'from_name') ?? '',
    to: maybeText(fields, 'to_name') ?? '',
    createdAt: dataTime(fields.created_at) ?? 0,
    startedAt: dataTime(fields.started_at),
    finishedAt: dataTime(fields.finished_at),
    canceledAt: dataTime(fields.canceled_at),
    updatedAt: dataTime(fields.updated_at),
    succeeded: typeof succeeded === 'boolean' ? succeeded : null,
    warnings: maybeNumber(fields.warnings) ?? 0,
    sourceBytes: maybeNumber(fields.source_bytes),
    processedBytes: maybeNumber(fields.processed_bytes) ?? 0,
    keep: maybeNumber(fields.num_keep),
  }
}

/** Those that are not deleted, the newest first. */
export function parseTransfers(json: unknown): Transfer[] {
  const there = listOf(json, 'transfer', (item) => fieldsOf(item, 'transfer')).filter((one) => !one.deleted_at)
  return there.map((one) => parseTransfer(one)).sort((a, b) => b.createdAt - a.createdAt || b.num - a.num)
}

/** Only when they were asked for with `verbose=true`. */
export function parseTransferLog(json: unknown): string[] {
  const {logs} = fieldsOf(json, 'transfer')
  return Array.isArray(logs) ? logs.flatMap((line) => maybeText(line, 'message') ?? []) : []
}

/** `2020-12-13 16:22:40 +0000` in ms since the epoch: no ISO 8601, and V8's leniency is no contract. */
function dataTime(value: unknown): number | null {
  if (typeof value !== 'string') return null
  const iso = value.trim().replace(/^(\S+) (\S+) ?([+-]\d\d):?(\d\d)$/, '$1T$2$3:$4')
  const time = Date.parse(iso.replace(/ UTC$/, 'Z'))
  return Number.isNaN(time) ? null : time
}

/** As the stock CLI tells them apart (platform-facts §6.3). */
function kindOf({from_type: from, to_type: to}: Fields): Transfer['kind'] {
  if (to !== 'pg_restore') return 'backup'
  return from === 'pg_dump' ? 'copy' : 'restore'
}

function nameOf(fields: Fields, num: number, kind: Transfer['kind'], scheduled: boolean): string {
  const old = maybeText(fields, 'options', 'pgbackups_name')
  if (old) return `o${old}`
  const letter = kind === 'backup' ? (scheduled ? 'a' : 'b') : kind === 'copy' ? 'c' : 'r'
  return `${letter}${String(num).padStart(3, '0')}`
}

function maybeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
