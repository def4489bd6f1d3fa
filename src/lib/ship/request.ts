import path from 'node:path'

import {type BuildArgs, parseBuildArgs} from '../config/build-args.js'
import {readWindowRequest, type WindowFlags} from '../migrate/request.js'
import type {ShipRequest} from './read-facts.js'

/** The flags of `pipeline:ship` as oclif parses them. */
export type ShipFlags = WindowFlags & {
  types: string[]
  archive?: string[] | undefined
  arg?: string[] | undefined
  'context-path'?: string | undefined
  'heroku-yml': boolean
  migrate?: string | undefined
  'migrations-path'?: string | undefined
  'no-cache': boolean
  recursive: boolean
  'require-release': boolean
  target?: string | undefined
}

/** Platform-facts §1.1: the pattern of a process type in the API. */
const TYPE = /^[-\w]{1,128}$/

/** Turns flags into a request; every problem is collected, so that it is said once. Relative paths are taken from `folder`. */
export function readRequest(
  flags: ShipFlags,
  folder: string,
): {request: ShipRequest; args: BuildArgs; problems: string[]} {
  const {args, problems} = parseBuildArgs(flags.arg ?? [])
  const archives = (flags.archive ?? []).flatMap((flag) => {
    const at = flag.indexOf('=')
    if (at > 0) return [{type: flag.slice(0, at), file: path.resolve(folder, flag.slice(at + 1))}]
    problems.push(`--archive ${flag}: write --archive TYPE=FILE`)
    return []
  })

  const types = [...flags.types, ...archives.map(({type}) => type)]
  for (const type of types) {
    if (type.startsWith('-')) problems.push(`${type} is not a flag of this command`)
    else if (!TYPE.test(type)) problems.push(`${type} is no name of a process type: letters, digits, - and _`)
  }

  const repeated = types.filter((type, index) => types.indexOf(type) !== index)
  for (const type of new Set(repeated)) problems.push(`${type} is named twice`)
  if (archives.length > 0 && flags.types.length > 0)
    problems.push('--archive ships what is already built: leave out the types')
  const buildOnly = (['arg', 'context-path', 'target'] as const).filter((flag) => flags[flag] !== undefined)
  if (archives.length > 0)
    for (const flag of buildOnly) problems.push(`--${flag} is for a build: it goes not with --archive`)

  const window = readWindowRequest(flags, flags.migrate)
  problems.push(...window.problems)
  if (flags['migrations-path'] !== undefined && !flags.migrate) problems.push('--migrations-path goes with --migrate')

  const request: ShipRequest = {
    app: flags.app,
    folder,
    types: flags.types,
    archives,
    recursive: flags.recursive,
    noCache: flags['no-cache'],
    herokuYml: flags['heroku-yml'],
    window: window.request,
    ...(flags['migrations-path'] === undefined ? {} : {migrationsPath: flags['migrations-path']}),
    requireRelease: flags['require-release'],
    ...(flags['context-path'] === undefined ? {} : {contextPath: path.resolve(folder, flags['context-path'])}),
    ...(flags.target === undefined ? {} : {target: flags.target}),
  }
  return {request, args, problems}
}
