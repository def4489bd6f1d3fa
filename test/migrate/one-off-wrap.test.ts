import {spawn} from 'node:child_process'
import {once} from 'node:events'

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {resolveCommand} from '../../src/lib/migrate/one-off/resolve-command.js'
import {WitnessReader} from '../../src/lib/migrate/one-off/witnesses.js'
import {wrap} from '../../src/lib/migrate/one-off/wrap.js'
import {shellwords} from './shellwords.js'

const nonce = '0123456789abcdef'

/** What a command writes and the status it ends with; `signal` is 128 + its number. */
type Ran = {output: string; status: number}

async function ran(argv: string[], kill?: NodeJS.Signals): Promise<Ran> {
  const [program = '', ...rest] = argv
  const child = spawn(program, rest, {stdio: ['ignore', 'pipe', 'pipe'], detached: true, timeout: 20_000})
  const output: Buffer[] = []
  let killed = false
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.push(chunk)
      if (!kill || killed || !Buffer.concat(output).includes('ready')) return
      killed = true
      process.kill(-child.pid!, kill)
    })
  }

  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  const numbers: Record<string, number> = {SIGHUP: 129, SIGKILL: 137, SIGTERM: 143}
  return {output: Buffer.concat(output).toString(), status: code ?? numbers[signal!]!}
}

/** The lines a person is shown, and the status our own line tells. */
function unwrapped(output: string): {lines: string[]; ours: number | undefined} {
  const reader = new WitnessReader('run.1', nonce)
  const text = output.endsWith('\n') ? output.slice(0, -1) : output
  const lines = text.split('\n').flatMap((line) => reader.read({at: '', source: 'app', dyno: 'run.1', text: line}))
  return {lines: [...lines, ...reader.end()], ours: reader.seen.ours}
}

const linesOf = (output: string): string[] =>
  output === '' ? [] : (output.endsWith('\n') ? output.slice(0, -1) : output).split('\n')

/** How platforms run a command (platform-facts §5.1): a shell, or an ENTRYPOINT that gets words; with each of these as /bin/sh. */
const ways = ['/bin/dash', '/bin/bash', '/bin/busybox sh'].flatMap((shell) => {
  const program = shell.split(' ')
  const own = (command: string): string => command.replaceAll('/bin/sh', shell)
  return [
    {way: `${shell} -c`, program, argv: (command: string) => [...program, '-c', own(command)]},
    {way: `ENTRYPOINT, ${shell}`, program, argv: (command: string) => shellwords(own(command))},
    {
      way: `ENTRYPOINT that gets one string, ${shell}`,
      program,
      argv: (command: string) => [...program, '-c', 'eval "$@"', 'entrypoint', own(command)],
    },
  ]
})

const NASTY: Array<[string, number]> = [
  ['true', 0],
  ['exit 3', 3],
  ['exec sh -c "exit 4"', 4],
  ['echo no line end | tr -d "\\n"', 0],
  ['printf "a\\n\\nb\\n\\n"', 0],
  ['echo out; echo err >&2; echo out again; exit 5', 5],
  ['sleep 0 & exit 6', 6],
  ['(exit 7) &\nwait $!', 7],
  ['echo here; sleep 0.2 >/dev/null 2>&1 &', 0],
  ['cat <<END\nit\'s "quoted" $((1+1))\nEND', 0],
  ['cat <<END\nnever ended', 0],
  ['echo before # a comment that ends it', 0],
  [`echo 'single' "double" \`echo back\` $(echo dollar) \\\\ %s %d`, 0],
  ['echo "$0 $# $@"', 0],
  ['exec >/dev/null; echo unseen', 0],
  ['exec 1>&- 2>&-', 0],
  ['trap "exit 9" EXIT', 9],
  ['set -e; false; echo never', 1],
  ['kill -9 $$', 137],
  ['kill -TERM $$', 143],
  ['this-is-no-command', 127],
  [') ; exit 0 (', 2],
  ['cat; echo $?', 0],
  ['printf "\\357\\277\\277 héllo ☃"', 0],
  ['echo a\necho b;\n\n# c\nexit 11\n', 11],
  ['s=1; exit 12', 12],
]

describe('a wrapped command', () => {
  it.each(ways)('ends as the command itself does, and writes what it writes: $way', async ({argv, program}) => {
    for (const [command, status] of NASTY) {
      const alone = await ran([
        ...program,
        '-c',
        `${program.join(' ')} -c "$1" 2>&1 </dev/null; exit $?`,
        'sh',
        command,
      ])
      const {output, status: whole} = await ran(argv(wrap(command, {nonce})))
      const {lines, ours} = unwrapped(output)
      expect({command, ours, whole}).toEqual({command, ours: status, whole: status})
      // What a shell says of a command that is none, or was killed, names the shell.
      if (status < 126 && status !== 2) expect(lines).toEqual(linesOf(alone.output))
    }
  })

  it('tells any words and any status exactly, in every shell', async () => {
    const word = fc
      .string({unit: fc.constantFrom(...`ab '"\\$\`\n\t#&;|()<>*?[]{}~!%=é☃\r-`), maxLength: 30})
      .filter((text) => !text.endsWith('\r'))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ways), word, fc.nat(255), async ({argv}, text, status) => {
        const quoted = `'${text.replaceAll("'", `'"'"'`)}'`
        const {output, status: whole} = await ran(argv(wrap(`printf %s ${quoted}; exit ${status}`, {nonce})))
        expect({...unwrapped(output), whole}).toEqual({lines: linesOf(text), ours: status, whole: status})
      }),
      {numRuns: 150},
    )
  })

  it.each(ways)('has time to end well after SIGTERM, and tells how: $way', async ({argv}) => {
    const command = 'trap "echo bye; exit 21" TERM; echo ready; while :; do :; done'
    const {output, status} = await ran(argv(wrap(command, {nonce})), 'SIGTERM')
    expect({...unwrapped(output), status}).toEqual({lines: ['ready', 'bye'], ours: 21, status: 21})
  })

  it.each(ways)('goes on after SIGHUP only when told to: $way', async ({argv}) => {
    const command = 'echo ready; sleep 0.3; echo done'
    const run = (ignoreHup: boolean) => ran(argv(wrap(command, {nonce, ignoreHup})), 'SIGHUP')
    const {output, status} = await run(true)
    expect({...unwrapped(output), status}).toEqual({lines: ['ready', 'done'], ours: 0, status: 0})
    expect((await run(false)).status).toBe(129)
  })

  it('shows its nonce in the first line of the log, where dynos are found by it', () => {
    expect(wrap('one\ntwo', {nonce}).split('\n')[0]).toContain(nonce)
  })
})

describe('a first word', () => {
  const formation = [
    {type: 'worker', quantity: 1, size: '', command: 'bundle exec sidekiq'},
    {type: 'web', quantity: 1, size: ''},
  ]

  it('that is a process type stands for its command, which must be known', () => {
    expect(resolveCommand('worker -q low', formation)).toBe('bundle exec sidekiq -q low')
    expect(resolveCommand(' worker', formation)).toBe('bundle exec sidekiq')
    expect(() => resolveCommand('web', formation)).toThrow('"web" is a process type')
  })

  it('that is none is left alone', () => {
    for (const command of ['rails db:migrate', 'workers', './worker', 'echo worker', ' a  b\nc '])
      expect(resolveCommand(command, formation)).toBe(command)
  })

  it('must be there', () => {
    for (const command of ['', ' \n', 'a\0b']) expect(() => resolveCommand(command, formation)).toThrow('command')
  })

  it('of a wrapped command is no process type', () => {
    expect(wrap('true', {nonce}).split(' ')[0]).not.toMatch(/^[\w-]+$/)
  })
})
