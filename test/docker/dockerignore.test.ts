import {execFile} from 'node:child_process'
import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'

import fc from 'fast-check'
import {expect, test} from 'vitest'

import {walk} from '../../src/lib/docker/context/walk.js'
import {buildx} from '../real/buildx.js'
import {needs} from '../real/needs.js'
import {build, contextWith, engineAt, engines, listImages, removeImages, tempFolder, uniqueName} from './rig.js'

const run = promisify(execFile)

const RANDOM = 200
const SEED = 20_261_120
const PER_BUILD = 60

/** Sets that tell matchers apart which agree on everything simple; each was seen to differ in one that is used elsewhere. */
const TELLING = [
  ['c++', 'x (copy)'],
  ['a/*', '!a'],
  ['*', '!a', 'a/b'],
  ['*', '!**/*.md'],
  ['**.md'],
  ['a**'],
  ['**/b/**'],
  ['**', '!a/b/c.md'],
  ['a, b', 'é*'],
  ['!a', 'a', '!a/b/..', '/b/'],
  ['\uFEFFa', '  b  ', '# c.md', ' #x', '', '\tc.md\r'],
  ['[ab]', '[^a-c].md', 'd?', '\\*.md'],
  ['./a/../b', '//a', 'b/./c.md/'],
  ['?.md', '!*.md'],
  ['a/b', '!a/b/c.md', '*/*/*'],
]

/** Both clients refuse a "!" with nothing after it. */
const isWellFormed = (line: string) => !line.startsWith('!') || path.posix.normalize(line.slice(1).trim()) !== '/'

const segment = fc.constantFrom(
  'a',
  'b',
  'c.md',
  'd',
  '*',
  '*',
  '**',
  '**',
  '?',
  '*.md',
  'a*',
  '[ab]',
  '[^a]',
  '.env',
  'c++',
  '..',
  '.',
)
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '!', '/', '!/', ' ', './'),
    fc.array(segment, {minLength: 1, maxLength: 4}),
    fc.constantFrom('', '', '', '/', ' ', '/**', '/*'),
  )
  .map(([before, segments, after]) => `${before}${segments.join('/')}${after}`)
/** Half of the sets leave everything out and take some of it back, which is where matchers go wrong. */
const random = fc
  .tuple(fc.constantFrom([], [], ['*'], ['**'], ['a', 'b']), fc.array(pattern, {minLength: 1, maxLength: 5}))
  .map(([first, rest]) => [
    ...first,
    ...rest.map((line, at) => (first.length > 0 && at % 2 === 0 ? `!${line.replace('!', '')}` : line)),
  ])
  .filter((lines) => lines.every(isWellFormed))
const sets = [...TELLING, ...fc.sample(random, {numRuns: RANDOM, seed: SEED})]

/** Names that meet the patterns above at every depth, and names a regular expression would trip over. */
const FILES = ['a', 'b', 'd'].flatMap((top) => [
  ...['c.md', 'a', '.env', 'b/c.md', 'b/a/c.md', 'b/a/d', 'd/d/c.md', 'a.b/c++'].map((file) => `${top}x/${file}`),
  ...['c.md', '.env', 'b/c.md', 'b/a/c.md', 'b/a/d', 'd/a/b/c.md', 'c++/a'].map((file) => `${top}/${file}`),
])
const TREE = [...FILES, 'c.md', 'a.md', '.env', '*.md', 'c++/x', 'x (copy)/a', 'a, b', 'ééé/a', '#x', 'dd', 'c++.md']

test('what a .dockerignore leaves of a context is what docker’s own client leaves', {timeout: 600_000}, async (ctx) => {
  await needs(ctx, 'newer-docker')
  const host = engines[1].host()
  const contexts = await contextsWith(sets)

  const [oracle, ours] = [await builtByDocker(host, contexts), await builtByUs(host, contexts)]

  // The oracle is not void: it left files out and kept some, in many ways.
  const everything = Math.max(...oracle.map(({length}) => length))
  expect(everything).toBeGreaterThan(TREE.length)
  expect(oracle.filter(({length}) => length > 1 && length < everything / 2).length).toBeGreaterThan(sets.length / 10)
  expect(new Set(oracle.map(String)).size).toBeGreaterThan(sets.length / 4)

  expect(differences(oracle, ours)).toEqual([])
  // Walkers that are wrong in one point each would have been caught.
  for (const [name, list] of Object.entries(wrongWalkers)) {
    const wrong = contexts.map((context, at) =>
      list(
        context,
        sets[at]!.map((line) => line.trim()).filter((line) => line !== '!'),
      ),
    )
    expect(differences(oracle, wrong).length, name).toBeGreaterThan(0)
  }
})

test('the ignore file named after the Dockerfile comes before the one of the context', async (ctx) => {
  await needs(ctx, 'docker')
  const host = engines[0].host()
  const name = uniqueName()
  const context = await contextWith({
    'web.Dockerfile': 'FROM scratch\nCOPY . /\n',
    'web.Dockerfile.dockerignore': 'secret.txt\n',
    '.dockerignore': 'kept.txt\n',
    'secret.txt': 'x',
    'kept.txt': 'x',
  })
  await build(await engineAt(host), {context, dockerfile: path.join(context, 'web.Dockerfile'), tags: [name]})
  const files = [...((await listImages(host, [name])).get(name)?.keys() ?? [])]
  await removeImages(host, [name])
  expect(files).toContain('kept.txt')
  expect(files).not.toContain('secret.txt')
})

test('a pattern that is not well formed fails the build and is named', async (ctx) => {
  await needs(ctx, 'docker')
  const context = await contextWith({Dockerfile: 'FROM scratch\nCOPY . /\n', '.dockerignore': 'ok\nbroken[\n'})
  await expect(build(await engineAt(engines[0].host()), {context})).rejects.toThrow('"broken["')
})

/** One folder per set, all with the same files. */
async function contextsWith(sets: string[][]): Promise<string[]> {
  const folder = await tempFolder()
  return Promise.all(
    sets.map(async (lines, at) => {
      const context = path.join(folder, `set-${at}`)
      for (const file of TREE) {
        await mkdir(path.dirname(path.join(context, file)), {recursive: true})
        await writeFile(path.join(context, file), '')
      }
      await writeFile(path.join(context, '.dockerignore'), lines.join('\n'))
      return context
    }),
  )
}

/** One build for many contexts: docker reads each named context's own ignore file. */
async function builtByDocker(host: string, contexts: string[]): Promise<string[][]> {
  const program = await buildx()
  const config = await tempFolder()
  const env = {PATH: process.env.PATH, HOME: config, DOCKER_CONFIG: config, DOCKER_HOST: host}
  const listed: string[][] = []
  for (let from = 0; from < contexts.length; from += PER_BUILD) {
    const batch = contexts.slice(from, from + PER_BUILD)
    const name = uniqueName()
    const dockerfile = path.join(config, 'Dockerfile')
    await writeFile(dockerfile, ['FROM scratch', ...batch.map((_, at) => `COPY --from=c${at} . /${at}/`)].join('\n'))
    const named = batch.flatMap((context, at) => ['--build-context', `c${at}=${context}`])
    const empty = await tempFolder()
    await run(program, ['build', '--provenance=false', '--load', '-t', name, '-f', dockerfile, ...named, empty], {env})
    const files = [...((await listImages(host, [name])).get(name)?.keys() ?? [])]
    await removeImages(host, [name])
    for (const at of batch.keys()) {
      const below = files.filter((file) => file.startsWith(`${at}/`)).map((file) => file.slice(`${at}/`.length))
      listed.push(below.sort())
    }
  }
  return listed
}

async function builtByUs(host: string, contexts: string[]): Promise<string[][]> {
  const dockerfiles = await contextWith({Dockerfile: 'FROM scratch\nCOPY . /\n'})
  const dockerfile = path.join(dockerfiles, 'Dockerfile')
  const engine = await engineAt(host)
  const names = contexts.map(uniqueName)
  const todo = [...contexts.keys()]
  const worker = async () => {
    for (let at = todo.shift(); at !== undefined; at = todo.shift())
      await build(engine, {context: contexts[at]!, dockerfile, tags: [names[at]!]})
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  const listed = await listImages(host, names)
  await removeImages(host, names)
  return names.map((name) => [...(listed.get(name)?.keys() ?? [])].sort())
}

/** Sets whose lists are not the same, with what is missing and what is too much. */
function differences(oracle: string[][], found: string[][]) {
  return sets.flatMap((set, at) => {
    const [wanted, got] = [new Set(oracle[at]), new Set(found[at])]
    const missing = [...wanted].filter((file) => !got.has(file))
    const extra = [...got].filter((file) => !wanted.has(file))
    return missing.length + extra.length > 0 ? [{set, missing, extra}] : []
  })
}

const listed = (context: string, exclude: string[]) =>
  [...walk(context, {include: [], exclude, follow: []})].map(({stat}) => stat.path).sort()

const wrongWalkers: Record<string, (context: string, lines: string[]) => string[]> = {
  'takes nothing back': (context, lines) =>
    listed(
      context,
      lines.filter((line) => !line.startsWith('!')),
    ),
  'lets the first pattern win': (context, lines) => listed(context, [...lines].reverse()),
  'ignores nothing': (context) => listed(context, []),
  'forgets folders that only an exception keeps': (context, lines) =>
    listed(context, lines).filter(
      (file, _, all) => all.every((other) => !other.startsWith(`${file}/`)) || file.split('/').length === 1,
    ),
}
