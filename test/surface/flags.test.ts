import {expect, test} from 'vitest'

import {makeManifest} from '../../scripts/lib/manifest.mjs'
import {ensureReady} from '../../scripts/lib/setup.mjs'

type Flag = {
  char?: string
  type: string
  multiple?: boolean
  required?: boolean
  allowNo?: boolean
  default?: unknown
  aliases?: string[]
  hidden?: boolean
  hasDynamicHelp?: boolean
}
type Command = {
  aliases: string[]
  hiddenAliases: string[]
  args: Record<string, {required?: boolean}>
  flags: Record<string, Flag>
  strict: boolean
}

test('commands, arguments, flags and aliases are those that users know', async () => {
  await ensureReady({build: true})
  const {commands} = JSON.parse(await makeManifest()) as {commands: Record<string, Command>}
  const surface = Object.entries(commands).map(([id, command]) => [id, ...lines(command)].join('\n  '))
  expect(`\n${surface.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    pipeline:ship
      [type] …
      --app -a VALUE required
      --archive VALUE…
      --arg VALUE…
      --context-path VALUE
      --dry-run
      --[no-]heroku-yml
      --journal VALUE
      --json
      --no-cache
      --recursive -R
      --remote -r VALUE
      --require-release
      --stable-for VALUE = "30s"
      --target VALUE
    "
  `)
  // A flag with a help of its own making would load our code for every --help (libraries.md §1).
  const dynamic = Object.values(commands).flatMap(({flags}) =>
    Object.values(flags).filter((flag) => flag.hasDynamicHelp),
  )
  expect(dynamic).toEqual([])
})

function* lines({aliases, hiddenAliases, args, flags, strict}: Command) {
  if (aliases.length > 0) yield `also ${aliases.join(', ')}`
  if (hiddenAliases.length > 0) yield `quietly also ${hiddenAliases.join(', ')}`
  const names = Object.entries(args).map(([name, arg]) => (arg.required ? name : `[${name}]`))
  yield `${names.join(' ')}${strict ? '' : ' …'}`
  for (const [name, flag] of Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1))) yield describe(name, flag)
}

function describe(name: string, flag: Flag): string {
  const words = [
    `--${flag.allowNo ? '[no-]' : ''}${name}`,
    flag.char && `-${flag.char}`,
    flag.type === 'option' && (flag.multiple ? 'VALUE…' : 'VALUE'),
    flag.required && 'required',
    flag.hidden && 'hidden',
    flag.default !== undefined && flag.default !== false && `= ${JSON.stringify(flag.default)}`,
    flag.aliases?.length && `also ${flag.aliases.join(', ')}`,
  ]
  return words.filter(Boolean).join(' ')
}
