import type {Cli} from './cli.js'
import {openGround} from './ground.js'
import {type CommandId, COMMANDS, type Extent} from './point.js'

/** What a run has that nobody kills; both commands side by side. @throws Error when one fails */
export async function extentOf(cli: Cli, plugin?: string): Promise<Extent> {
  const found = COMMANDS.map(async (command) => [command, await measure(command, cli, plugin)] as const)
  return Object.fromEntries(await Promise.all(found)) as Extent
}

async function measure(command: CommandId, cli: Cli, plugin: string | undefined): Promise<Extent[CommandId]> {
  await using ground = await openGround(command, {plugin})
  const {heroku, home} = ground
  const asked = heroku.requests.length
  const process = await cli.start(ground.argv, ground, {home})
  const {code, stderr} = await process.done
  if (code !== 0) throw new Error(`${ground.argv.join(' ')}: ${code}\n${stderr}`)
  const [journal = ''] = Object.values(await ground.journals(home))
  // Neither a layer in the registry nor a log session is part of an app.
  const writes = heroku.requests
    .slice(asked)
    .map(({method, path}) => !['GET', 'HEAD'].includes(method) && !/^\/v2\/|\/log-sessions$/.test(path))
  return {lines: journal.trimEnd().split('\n').length, writes}
}
