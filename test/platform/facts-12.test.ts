import {existsSync, readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, it} from 'vitest'
import {projectRoot} from '../../scripts/lib/cache.mjs'
import {defaultKnobs} from './knobs.js'

const doc = readFileSync(path.join(projectRoot, 'docs/local-heroku.md'), 'utf8')
const section = /^## Every item of platform-facts §12\n([^]*?)^## /m.exec(doc)?.[1] ?? ''
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)

/** `heroku/bad-days` "words of its name" */
const shown = rows.flatMap((row) =>
  [...row.matchAll(/`([\w/-]+)` "([^"]+)"/g)].map(([, file = '', words = '']) => ({file, words})),
)

const tests = path.join(projectRoot, 'test')
const textOf = (file: string) => readFileSync(path.join(tests, `${file}.test.ts`), 'utf8')

it('every item names a test', () => {
  expect(rows.length).toBeGreaterThan(40)
  expect(rows.filter((row) => !/`[\w/-]+` "/.test(row))).toEqual([])
})

it('every test that is named is there', () => {
  const gone = shown.filter(
    ({file, words}) => !existsSync(path.join(tests, `${file}.test.ts`)) || !textOf(file).includes(words),
  )
  expect(gone).toEqual([])
})

it('every knob is named there, and turned in a test', () => {
  const files = readdirSync(tests, {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.test.ts'))
  const all = files.map((file) => readFileSync(path.join(tests, file), 'utf8')).join('\n')
  const knobs = Object.keys(defaultKnobs())
  expect(knobs.filter((knob) => !section.includes(`\`${knob}\``))).toEqual([])
  expect(knobs.filter((knob) => !new RegExp(`\\b${knob}( =|:)`).test(all))).toEqual([])
})
