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
    pipeline:maintenance-migrate
      [command] …
      --after VALUE
      --app -a VALUE required
      --backup VALUE = "auto"
      --backup-timeout VALUE = "1h"
      --before VALUE
      --confirm VALUE
      --database VALUE…
      --dry-run
      --flush-cache VALUE…
      --flush-command VALUE…
      --flush-match VALUE
      --flush-required
      --force-flush
      --health-check VALUE
      --health-expect VALUE = "200-399"
      --health-header VALUE
      --health-host VALUE
      --health-timeout VALUE = "60s"
      --journal VALUE
      --json
      --keep-up VALUE…
      --maintenance VALUE = "on"
      --migrate-check VALUE
      --migrate-undo VALUE
      --on-migration-failure VALUE = "hold"
      --on-unhealthy VALUE
      --remote -r VALUE
      --scale-down VALUE…
      --size VALUE
      --smoke VALUE
      --stable-for VALUE = "30s"
      --timeout VALUE = "1h"
      --type VALUE
    pipeline:memory
      
      --app -a VALUE
      --chart VALUE
      --compare VALUE…
      --enable
      --format VALUE = "text"
      --from VALUE…
      --json
      --max VALUE
      --max-growth VALUE
      --remote -r VALUE
      --tail
    pipeline:recover
      
      --app -a VALUE required
      --confirm VALUE
      --dry-run
      --journal VALUE
      --json
      --list
      --remote -r VALUE
      --resume
      --rollback
      --scale VALUE…
    pipeline:ship
      [type] …
      --after VALUE
      --app -a VALUE required
      --archive VALUE…
      --arg VALUE…
      --backup VALUE = "auto"
      --backup-timeout VALUE = "1h"
      --before VALUE
      --confirm VALUE
      --context-path VALUE
      --database VALUE…
      --dry-run
      --flush-cache VALUE…
      --flush-command VALUE…
      --flush-match VALUE
      --flush-required
      --force-flush
      --health-check VALUE
      --health-expect VALUE = "200-399"
      --health-header VALUE
      --health-host VALUE
      --health-timeout VALUE = "60s"
      --[no-]heroku-yml
      --journal VALUE
      --json
      --keep-up VALUE…
      --maintenance VALUE = "auto"
      --migrate VALUE
      --migrate-undo VALUE
      --migrations-path VALUE
      --no-cache
      --on-migration-failure VALUE = "hold"
      --on-unhealthy VALUE
      --recursive -R
      --remote -r VALUE
      --require-release
      --scale-down VALUE…
      --size VALUE
      --smoke VALUE
      --stable-for VALUE = "30s"
      --target VALUE
      --timeout VALUE = "1h"
      --type VALUE
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
