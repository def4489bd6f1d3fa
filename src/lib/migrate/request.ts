import {parseDuration} from '../config/duration.js'
import {type HealthWanted, parseHealth} from '../config/health.js'
import type {DynoCommand} from './facts.js'
import type {FlushRequest} from './read-flushes.js'

/** The flags of a window as oclif parses them, the same in both commands. */
export type WindowFlags = {
  app: string
  after?: string | undefined
  backup: string
  'backup-timeout': string
  before?: string | undefined
  database?: string[] | undefined
  'flush-cache'?: string[] | undefined
  'flush-command'?: string[] | undefined
  'flush-match'?: string | undefined
  'flush-required': boolean
  'force-flush': boolean
  'health-check'?: string | undefined
  'health-expect': string
  'health-header'?: string | undefined
  'health-host'?: string | undefined
  'health-timeout': string
  'keep-up'?: string[] | undefined
  maintenance: string
  'migrate-undo'?: string | undefined
  'on-migration-failure': string
  'on-unhealthy'?: string | undefined
  'scale-down'?: string[] | undefined
  size?: string | undefined
  smoke?: string | undefined
  'stable-for': string
  timeout: string
  type?: string | undefined
}

/** What the user asked for, besides what is shipped. Durations in ms. */
export type WindowRequest = {
  app: string
  /** `off`: migrate beside a running app. `keep`: maintenance was on before and stays on. */
  maintenance: 'auto' | 'keep' | 'off' | 'on'
  migration?: DynoCommand & {timeoutMs: number}
  migrateUndo?: DynoCommand
  smoke?: DynoCommand
  backup: {mode: 'auto' | 'capture' | 'none'; timeoutMs: number; databases: string[]}
  scaleDown: string[]
  keepUp: string[]
  flush: FlushRequest & {required: boolean}
  health?: HealthWanted
  before?: string
  after?: string
  stableForMs: number
  onMigrationFailure: 'hold' | 'rollback'
  onUnhealthy?: 'hold' | 'rollback'
}

/** What the platform ends a one-off dyno after at the latest (platform-facts §5.1). */
const DAY_MS = 24 * 60 * 60_000

/** Turns flags into a request; every problem is collected, so that it is said once. */
export function readWindowRequest(
  flags: WindowFlags,
  migrate: string | undefined,
): {request: WindowRequest; problems: string[]} {
  const problems: string[] = []
  const duration = (name: 'backup-timeout' | 'stable-for' | 'timeout'): number => {
    const ms = parseDuration(flags[name])
    if (ms === undefined) problems.push(`--${name} ${flags[name]}: write a duration such as 30s, 2m or 1h`)
    return ms ?? 0
  }

  const timeoutMs = duration('timeout')
  if (timeoutMs > DAY_MS) problems.push(`--timeout ${flags.timeout}: no one-off dyno lives longer than 24h`)
  const dyno = (command: string): DynoCommand => ({
    command,
    ...(flags.type ? {type: flags.type} : {}),
    ...(flags.size === undefined ? {} : {size: flags.size}),
  })
  const flush: WindowRequest['flush'] = {
    commands: flags['flush-command'] ?? [],
    caches: flags['flush-cache'] ?? [],
    ...(flags['flush-match'] === undefined ? {} : {match: flags['flush-match']}),
    force: flags['force-flush'],
    required: flags['flush-required'],
  }
  const health = parseHealth(flags)
  problems.push(...flushProblems(flush), ...health.problems, ...migrationProblems(flags, migrate))
  const named = listed(flags['scale-down'])
  for (const type of listed(flags['keep-up']).filter((kept) => named.includes(kept)))
    problems.push(`${type} is named by both --scale-down and --keep-up`)
  const blank = (['smoke', 'migrate-undo', 'before', 'after'] as const).filter((name) => flags[name]?.trim() === '')
  for (const name of blank) problems.push(`--${name} is empty: write a command`)

  const {after, before, smoke} = flags
  const undo = flags['migrate-undo']
  return {
    problems,
    request: {
      app: flags.app,
      maintenance: flags.maintenance as WindowRequest['maintenance'],
      ...(migrate ? {migration: {...dyno(migrate), timeoutMs}} : {}),
      ...(undo ? {migrateUndo: dyno(undo)} : {}),
      ...(smoke ? {smoke: dyno(smoke)} : {}),
      backup: {
        mode: flags.backup as WindowRequest['backup']['mode'],
        timeoutMs: duration('backup-timeout'),
        databases: flags.database ?? ['DATABASE_URL'],
      },
      scaleDown: named,
      keepUp: listed(flags['keep-up']),
      flush,
      ...(health.wanted ? {health: health.wanted} : {}),
      ...(before ? {before} : {}),
      ...(after ? {after} : {}),
      stableForMs: duration('stable-for'),
      onMigrationFailure: flags['on-migration-failure'] as WindowRequest['onMigrationFailure'],
      ...(flags['on-unhealthy'] ? {onUnhealthy: flags['on-unhealthy'] as 'hold' | 'rollback'} : {}),
    },
  }
}

/** `--scale-down worker,clock` and twice the flag mean the same. */
function listed(values: string[] | undefined): string[] {
  return (values ?? []).flatMap((value) => value.split(',')).filter(Boolean)
}

function flushProblems({caches, match}: FlushRequest): string[] {
  const redis = caches.some((cache) => cache !== 'memcachier')
  return match !== undefined && !redis ? ['--flush-match goes with --flush-cache CONFIG_VAR'] : []
}

function migrationProblems(flags: WindowFlags, migrate: string | undefined): string[] {
  if (migrate !== undefined && migrate.trim() === '') return ['the migration is empty: write a command']
  if (migrate) return []
  const alone = [
    ...(['size', 'type', 'migrate-undo'] as const).filter((name) => flags[name] !== undefined),
    ...(flags['on-migration-failure'] === 'rollback' ? ['on-migration-failure'] : []),
  ]
  return alone.map((name) => `--${name} goes with a migration`)
}
