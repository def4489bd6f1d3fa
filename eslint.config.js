import oclif from 'eslint-config-oclif'
import prettier from 'eslint-config-prettier'
import path from 'node:path'
import {fileURLToPath} from 'node:url'

import {arrowsRule} from './scripts/lint/arrows.mjs'

const root = path.dirname(fileURLToPath(import.meta.url))
const arrows = {rules: {arrows: arrowsRule(path.join(root, 'src'))}}

/** Rules of a plugin that eslint-config-oclif switches on and that we do not follow. */
const off = (prefix) =>
  Object.fromEntries(
    oclif
      .flatMap((config) => Object.keys(config.rules ?? {}))
      .filter((rule) => rule.startsWith(`${prefix}/`))
      .map((rule) => [rule, 'off']),
  )

export default [
  {ignores: ['dist', 'dist-*', 'coverage', '.tmp', 'examples', 'docs']},
  {linterOptions: {reportUnusedDisableDirectives: 'error'}},
  ...oclif,
  prettier,
  {
    rules: {
      // A step reads id, title, look, run, undo: the order of keys is meant.
      ...off('perfectionist'),
      // We test with vitest.
      ...off('mocha'),
      // Docstrings say units, shapes and errors in prose.
      ...off('jsdoc'),
      // TypeScript resolves imports, and knip tells of the unlisted and the unused.
      ...off('import'),
      // Polling, retries and steps in a row are what we do.
      'no-await-in-loop': 'off',
      'no-promise-executor-return': 'off',
      // Matters of taste on which we differ: prettier lays out, a short function may be dense, a byte has bits.
      '@stylistic/padding-line-between-statements': 'off',
      'arrow-body-style': 'off',
      camelcase: 'off',
      complexity: 'off',
      'func-names': 'off',
      'max-nested-callbacks': 'off',
      'max-params': 'off',
      'no-bitwise': 'off',
      'no-multi-assign': 'off',
      'no-return-assign': 'off',
      'no-template-curly-in-string': 'off',
      'no-void': 'off',
      'prefer-destructuring': 'off',
      'n/no-process-exit': 'off',
      'unicorn/consistent-function-scoping': 'off',
      'unicorn/import-style': 'off',
      'unicorn/no-array-callback-reference': 'off',
      'unicorn/no-array-method-this-argument': 'off',
      'unicorn/no-array-reduce': 'off',
      'unicorn/no-negated-condition': 'off',
      'unicorn/no-nested-ternary': 'off',
      'unicorn/no-object-as-default-parameter': 'off',
      'unicorn/no-process-exit': 'off',
      'unicorn/no-useless-undefined': 'off',
      'unicorn/number-literal-case': 'off',
      'unicorn/numeric-separators-style': 'off',
      'unicorn/prefer-event-target': 'off',
      'unicorn/prefer-set-has': 'off',
      'unicorn/prefer-string-raw': 'off',
      'unicorn/prefer-switch': 'off',
      'unicorn/prefer-ternary': 'off',
      'unicorn/prefer-top-level-await': 'off',
      'unicorn/switch-case-braces': 'off',
      // 20.18.1 is what our dependencies need (undici 7). Node 20 calls these experimental; they have not changed since.
      'n/no-unsupported-features/node-builtins': [
        'error',
        {version: '>=20.18.1', ignores: ['fetch', 'Headers', 'Request', 'Response', 'CustomEvent']},
      ],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: {project: ['tsconfig.json', 'test/tsconfig.json'], tsconfigRootDir: root},
    },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', {checksVoidReturn: false}],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
      '@typescript-eslint/consistent-type-imports': ['error', {fixStyle: 'inline-type-imports'}],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        {argsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true},
      ],
    },
  },
  {
    files: ['src/**'],
    plugins: {ours: arrows},
    rules: {'ours/arrows': 'error'},
  },
  {
    files: ['src/**'],
    ignores: ['src/lib/{heroku,docker,registry,cache}/**'],
    rules: {'no-restricted-globals': ['error', {name: 'fetch', message: 'Only the adapters talk to the network.'}]},
  },
  {
    files: ['src/lib/ui/**', 'scripts/**', 'test/**', 'bench/**', 'bin/**', '*.js', '*.ts'],
    rules: {'no-console': 'off'},
  },
  {
    // Not part of the package: dev dependencies and what is newer than the oldest Node in it are at hand.
    files: ['scripts/**', 'test/**', 'bench/**', 'bin/dev.js', '*.js', '*.ts'],
    rules: {'n/no-unpublished-import': 'off', 'n/no-unpublished-bin': 'off', 'n/no-extraneous-import': 'off'},
  },
]
