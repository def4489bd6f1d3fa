import {builtinModules} from 'node:module'
import path from 'node:path'

/*
 * The import arrows of the design: which part of src may import which. A part is a folder of src/lib, "commands", or one of
 * the patterns of `partOf`. What only needs the shape of a thing may import its types (`types` below): an adapter's types.ts
 * knows nothing of the adapter.
 */

/**
 * @typedef Part
 * @property {string[]} parts other parts it may import from
 * @property {string[]} [types] parts it may only import types from
 * @property {string[]} [packages] all the packages and Node modules it may import; left out: any that nobody owns
 */

const features = ['ship', 'migrate', 'recover', 'memory']
const adapters = ['heroku', 'docker', 'registry', 'cache', 'health']
const harmless = ['node:crypto', 'node:events', 'node:os', 'node:path', 'node:timers/promises']

/** @type {Record<string, Part>} */
const allowed = {
  run: {parts: ['journal'], packages: harmless},
  journal: {parts: ['run'], packages: [...harmless, 'node:fs', 'node:fs/promises']},
  config: {parts: [], packages: ['node:path']},
  pure: {parts: ['run', 'config', 'app', ...features], types: adapters, packages: harmless},
  ui: {parts: ['run']},
  ...Object.fromEntries(adapters.map((name) => [name, {parts: ['run']}])),
  // What is true of an app, and waiting until it is: for every command.
  app: {parts: ['run', 'config', 'heroku'], types: ['command']},
  ...Object.fromEntries(
    features.map((name) => [name, {parts: ['run', 'config', 'pure', 'app', ...adapters], types: ['command']}]),
  ),
  // A ship has the window of a migration around its release, and keeps what memory was before it.
  ship: {parts: ['run', 'config', 'pure', 'app', 'migrate', 'memory', ...adapters], types: ['command']},
  // What is put right is a run of either of the two, as its journal tells of it.
  recover: {parts: ['run', 'journal', 'config', 'pure', 'app', 'ship', 'migrate', ...adapters], types: ['command']},
  // What a person asks of the memory, and sees of it.
  'memory-front': {parts: ['run', 'journal', 'config', 'pure', 'app', 'ui', 'heroku', 'command', 'memory']},
  command: {parts: ['run', 'journal', 'ui', 'heroku', 'app', ...features]},
  commands: {parts: ['run', 'config', 'command', 'ui', 'app', 'memory-front', ...features]},
}

/** Packages and Node modules that belong to some parts; everybody else stays away from them. @type {Record<string, string[]>} */
const owners = {
  dockerode: ['docker'],
  protobufjs: ['docker'],
  'tar-stream': ['docker', 'registry'],
  ink: ['ui', 'memory-front'],
  react: ['ui', 'memory-front'],
  '@heroku-cli/schema': ['heroku'],
  '@heroku-cli/command': ['heroku', 'command', 'commands'],
  '@oclif/core': ['command', 'commands', 'ui'],
  'eventsource-parser': ['heroku'],
  '@redis/client': ['cache'],
  undici: ['heroku', 'registry', 'health'],
  ...Object.fromEntries(
    ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns', 'dns/promises'].map((name) => [`node:${name}`, adapters]),
  ),
}

/** Types of these packages may be named anywhere but in the pure parts: a token bearer is handed through. */
const typesForAll = ['@heroku-cli/command', '@oclif/core']

/**
 * The part a file of src belongs to; undefined: none of ours.
 * @param {string} file relative to src, with slashes
 */
function partOf(file) {
  if (/^lib\/run\/journal[^/]*\.ts$/.test(file)) return 'journal'
  if (/^lib\/.*\/plan\.ts$/.test(file) || /^lib\/memory\/(parse|diagnose|compare)\b/.test(file)) return 'pure'
  if (/^lib\/memory\/(command|views)\b/.test(file)) return 'memory-front'
  const [top, folder] = file.split('/')
  return top === 'lib' ? folder : top
}

/**
 * What is wrong with an import, or undefined.
 * @param {string} file of the importer, relative to src
 * @param {string} source as written after `from`
 * @param {boolean} typesOnly
 */
function wrongArrow(file, source, typesOnly) {
  const from = partOf(file) ?? ''
  const rules = allowed[from]
  if (!rules)
    return file.includes('/') ? `${from} has no import arrows yet: give it some in scripts/lint/arrows.mjs` : undefined

  if (source.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(file), source).replace(/\.jsx?$/, '.ts')
    if (target.startsWith('..')) return `src imports nothing from outside src (${source})`
    const to = partOf(target) ?? ''
    if (to === from || rules.parts.includes(to) || (typesOnly && rules.types?.includes(to))) return undefined
    return `${from} must not import ${rules.types?.includes(to) ? `${to}, only its types` : to} (${source})`
  }

  const name = packageOf(source)
  if (rules.packages) return rules.packages.includes(name) ? undefined : `${from} is kept free of ${name}`
  const owned = owners[name]
  if (!owned || owned.includes(from) || (typesOnly && typesForAll.includes(name))) return undefined
  return `only ${owned.join(', ')} may import ${name}, not ${from}`
}

/** `ink/build/x` → `ink`; `fs` → `node:fs`. @param {string} source */
function packageOf(source) {
  if (source.startsWith('node:')) return source
  if (builtinModules.includes(source)) return `node:${source}`
  return source
    .split('/')
    .slice(0, source.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The ESLint rule; `src` is the folder that the arrows are about. @param {string} src @returns {import('eslint').Rule.RuleModule} */
export const arrowsRule = (src) => ({
  meta: {type: 'problem', schema: [], messages: {arrow: 'Import arrow: {{what}}'}},
  create(context) {
    const file = path.relative(src, context.filename).split(path.sep).join('/')
    /**
     * @param {any} node
     * @param {boolean} typesOnly
     */
    const check = (node, typesOnly) => {
      if (typeof node.source?.value !== 'string') return
      const what = wrongArrow(file, node.source.value, typesOnly)
      if (what) context.report({node: node.source, messageId: 'arrow', data: {what}})
    }
    return {
      ImportDeclaration: (/** @type {any} */ node) => check(node, isTypesOnly(node, 'importKind')),
      ExportNamedDeclaration: (/** @type {any} */ node) => check(node, isTypesOnly(node, 'exportKind')),
      ExportAllDeclaration: (/** @type {any} */ node) => check(node, isTypesOnly(node, 'exportKind')),
      ImportExpression: (/** @type {any} */ node) => check(node, false),
      TSImportType: (/** @type {any} */ node) => check({source: node.source ?? node.argument?.literal}, true),
    }
  },
})

/**
 * @param {any} node
 * @param {'importKind' | 'exportKind'} kind
 */
function isTypesOnly(node, kind) {
  if (node[kind] === 'type') return true
  const names = node.specifiers ?? []
  return names.length > 0 && names.every((/** @type {any} */ name) => name[kind] === 'type')
}
