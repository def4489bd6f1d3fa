import {fieldsOf, listOf, maybeText, numberAt, textAt} from './record.js'
import type {Release} from './types.js'

export function parseRelease(json: unknown): Release {
  const release = fieldsOf(json, 'release')
  const eligible = release.eligible_for_rollback
  return {
    id: textAt(release, 'id', 'release'),
    version: numberAt(release, 'version', 'release'),
    status: textAt(release, 'status', 'release'),
    current: release.current === true,
    description: maybeText(release, 'description') ?? '',
    user: maybeText(release, 'user', 'email') ?? '',
    createdAt: textAt(release, 'created_at', 'release'),
    outputStreamUrl: maybeText(release, 'output_stream_url') ?? null,
    ...(typeof eligible === 'boolean' ? {eligibleForRollback: eligible} : {}),
    slug: maybeText(release, 'slug', 'id') ?? null,
  }
}

/** The newest first, whatever order they came in. */
export function parseReleases(json: unknown): Release[] {
  return listOf(json, 'release', parseRelease).sort((a, b) => b.version - a.version)
}
