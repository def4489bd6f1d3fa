import {type Budget, parseBudget} from '../diagnose/budget.js'
import {type CompareRequest, parseCompare} from './compare-request.js'

/** The flags as they were parsed. `appGiven`: named by the user, not found in a git remote. */
export type MemoryFlags = {
  app?: string | undefined
  appGiven: boolean
  from?: string[] | undefined
  compare?: string[] | undefined
  tail: boolean
  enable: boolean
  json: boolean
  format: Format
  max?: string | undefined
  'max-growth'?: string | undefined
  chart?: string | undefined
}

export type Format = 'csv' | 'markdown' | 'text'

/** What the user asked for. `files`: `-` is stdin; undefined: the app's own sources. */
export type MemoryRequest = {
  app?: string
  files?: string[]
  compare?: CompareRequest
  budget?: Budget
  chart?: string
  format: Format
  tail: boolean
  enable: boolean
}

/** Reads the flags, and says everything that is wrong with them at once. `piped`: something may come on stdin. */
export function readRequest(flags: MemoryFlags, piped: boolean): {problems: string[]; request: MemoryRequest} {
  const problems: string[] = []
  const compared = flags.compare ? parseCompare(flags.compare) : undefined
  if (compared && 'problem' in compared) problems.push(compared.problem)
  const compare = compared && 'compare' in compared ? compared.compare : undefined
  const archives = compare?.what === 'files' || flags.from !== undefined
  // With archives, an app that happens to be this folder's git remote has no say.
  const app = archives && !flags.appGiven ? undefined : flags.app
  const files = flags.from ?? (!app && !archives && piped ? ['-'] : undefined)

  problems.push(...togetherProblems(flags, compare), ...sourceProblems(flags, {app, archives, files}))
  const budget = readBudget(flags, problems)
  if (flags.chart !== undefined && !/\.svg$/i.test(flags.chart)) {
    problems.push(`--chart ${flags.chart}: charts are SVG, so the name ends in .svg (rsvg-convert makes a PNG of one)`)
  }

  return {
    problems,
    request: {
      ...(app === undefined ? {} : {app}),
      ...(files ? {files} : {}),
      ...(compare ? {compare} : {}),
      ...(budget ? {budget} : {}),
      ...(flags.chart === undefined ? {} : {chart: flags.chart}),
      format: flags.format,
      tail: flags.tail,
      enable: flags.enable,
    },
  }
}

/** Live there is no end to judge, compare or print in another format; and nothing is read while a feature is switched. */
function togetherProblems(flags: MemoryFlags, compare: CompareRequest | undefined): string[] {
  const ends = [
    flags.compare && '--compare',
    flags.max !== undefined && '--max',
    flags['max-growth'] !== undefined && '--max-growth',
    flags.chart !== undefined && '--chart',
    flags.format !== 'text' && `--format ${flags.format}`,
  ].filter((flag) => typeof flag === 'string')
  const problems: string[] = []
  if (flags.tail) {
    const others = [...ends, ...(flags.json ? ['--json'] : []), ...(flags.from ? ['--from'] : [])]
    if (others.length > 0) problems.push(`--tail goes on until Ctrl-C: it can't be used with ${others.join(', ')}`)
  }

  if (flags.enable) {
    const others = [...ends, ...(flags.tail ? ['--tail'] : []), ...(flags.from ? ['--from'] : [])]
    if (others.length > 0)
      problems.push(`--enable only switches log-runtime-metrics on: it can't be used with ${others.join(', ')}`)
  }

  if (flags.json && flags.format !== 'text') problems.push(`--json and --format ${flags.format} exclude each other`)
  if (compare?.what === 'files' && flags.from)
    problems.push('--compare names two archives itself: it goes without --from then')
  return problems
}

function sourceProblems(
  flags: MemoryFlags,
  {app, archives, files}: {app: string | undefined; archives: boolean; files: string[] | undefined},
): string[] {
  if (!app && (flags.tail || flags.enable))
    return [`--app is missing: --${flags.tail ? 'tail' : 'enable'} is about a running app`]
  if (!app && !archives && !files) return ['--app APP or --from FILE is missing: there is nothing to read']
  const stdins = files?.filter((file) => file === '-').length ?? 0
  return stdins > 1 ? ['--from: stdin (-) can be read once only'] : []
}

function readBudget(flags: MemoryFlags, problems: string[]): Budget | undefined {
  const {max, 'max-growth': growth} = flags
  const share = max === undefined ? {} : parseBudget({max})
  const grows = growth === undefined ? {} : parseBudget({growth})
  if (!share) problems.push(`--max ${max} is neither a share of the quota (80%) nor an amount (400MB)`)
  if (!grows) problems.push(`--max-growth ${growth} is no share, such as 10%`)
  if (!share || !grows || (max === undefined && growth === undefined)) return undefined
  return {...share, ...grows}
}
