import {describe, expect, it} from 'vitest'

import {linkedHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {judge} from './judge.js'
import {type Bug, plant} from './planted.js'
import {rows} from './rows.js'
import {tryRow} from './try-row.js'

type Planted = {bug: string; plant: Bug; row: string; red: RegExp}

/** The table must be able to turn red: each bug, planted in the compiled plugin, is seen by the row that is named for it. */
const planted: Planted[] = [
  {
    bug: 'an undo that does nothing',
    plant: {
      file: 'lib/ship/steps/undo-release.js',
      text: 'export async function undoRelease(before, ctx) {',
      instead: "export async function undoRelease(before, ctx) {\n    if (before) return 'undone';",
    },
    row: 'The new web crashes at boot',
    red: /the world: .*new image/,
  },
  {
    bug: 'a POST that is repeated',
    plant: {
      file: 'lib/heroku/send-once.js',
      text: 'await send(write, options);',
      instead: 'await send(write, options).catch(() => send(write, options));',
    },
    row: 'The new web crashes, and the answer to the rollback is lost',
    red: /was sent 2 times, not 1/,
  },
]

describe('a planted bug', () => {
  it.for(planted)('$bug turns "$row" red', {timeout: 120_000}, async ({plant: bug, red, row: name}, context) => {
    await needs(context, 'heroku-cli')
    const row = rows.find((each) => each.name === name)!
    const plugin = await plant(bug)
    const home = await linkedHome(plugin.folder)
    try {
      const tried = await tryRow(row, {home})
      expect(judge(row, tried).join('\n'), tried.said).toMatch(red)
    } finally {
      await home.remove()
      await plugin.remove()
    }
  })
})
