import {describe, it} from 'vitest'

import {type Bug, plant} from '../failures/planted.js'
import {linkedHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {cells} from './cells.js'
import {judge} from './judge.js'
import {nameOf} from './table.js'
import {tryCell} from './try-cell.js'
import {variations} from './variations.js'

/** The table must be able to turn red: each bug, planted in the compiled plugin, is seen by the cells that are named for it. */
type Planted = {bug: string; plant: Bug; cell: string; red: RegExp}

const planted: Planted[] = [
  {
    bug: "an undo that reads today's formation",
    plant: {
      file: 'lib/migrate/steps/scale-down.js',
      text: 'await setQuantities(name, quantities, ctx);',
      instead:
        'await setQuantities(name, Object.fromEntries((await ctx.platform.formation(name)).map((one) => [one.type, one.quantity])), ctx);',
    },
    cell: 'migrate, refused',
    red: /the world: .*formation\.worker: 2 × old image → 0 × old image/,
  },
  {
    bug: 'an undo that leaves maintenance on',
    plant: {
      file: 'lib/migrate/steps/maintenance.js',
      text: 'async undo(seen, ctx) {',
      instead: "async undo(seen, ctx) { if (seen) return 'maintenance mode is off again';",
    },
    cell: 'backup, fails',
    red: /the world: .*maintenance: false → true/,
  },
  {
    bug: 'a POST that is repeated',
    plant: {
      file: 'lib/heroku/send-once.js',
      text: 'await send(write, options);',
      instead: 'await send(write, options).catch(() => send(write, options));',
    },
    cell: 'migrate, connection lost',
    red: /ran\.migrate: 0 → 2[^]*was sent 4 times, not 3/,
  },
  {
    bug: 'a backup that is taken as it is, failed or not',
    plant: {file: 'lib/migrate/backup/follow-capture.js', text: 'if (!seen.succeeded) {', instead: 'if (!seen) {'},
    cell: 'backup, fails',
    red: /exit code 0, not 1[^]*ran\.migrate: 0 → 1/,
  },
  {
    bug: 'a health check that is not listened to',
    plant: {
      file: 'lib/migrate/steps/health.js',
      text: 'return await prove(ctx);',
      instead: 'return await prove(ctx).catch(() => ({ms: 0, status: 200}));',
    },
    cell: 'health, fails',
    red: /exit code 0, not 4/,
  },
  {
    bug: 'a worker less than before',
    plant: {
      file: 'lib/migrate/steps/scale-up.js',
      text: 'scaled?.quantities ?? facts.down',
      instead: 'Object.fromEntries(Object.entries(facts.down).map(([type, quantity]) => [type, quantity - 1]))',
    },
    cell: 'nothing goes wrong',
    red: /the world: .*formation\.worker: 2 × old image → 1 × old image/,
  },
  {
    bug: 'a migration whose status nobody looks at',
    plant: {file: 'lib/migrate/one-off/judge.js', text: 'if (status !== 0)', instead: 'if (status > 999)'},
    cell: 'migrate, fails',
    red: /exit code 0, not 4/,
  },
  {
    bug: 'an answer that is believed',
    plant: {
      file: 'lib/migrate/make-so.js',
      text: "throw new Error('Heroku took the change, but does not show it');",
      instead: 'return;',
    },
    cell: 'maintenance-off, fails',
    red: /the world: .*maintenance: false → true/,
  },
  {
    bug: 'a left-over command without the right quantities',
    plant: {
      file: 'lib/migrate/steps/scale-down.js',
      text: "command: `heroku ps:scale ${quantityWords(quantities).join(' ')} --app ${app}`",
      instead: 'command: `heroku ps:scale worker=1 --app ${app}`',
    },
    cell: 'the backup fails, and bringing the workers back is refused',
    red: /after heroku ps:scale worker=1 --app example-app: .*formation\.worker: 2 × old image → 1 × old image/,
  },
  {
    bug: 'a failure that says only what is left of itself',
    plant: {file: 'lib/run/settle.js', text: 'left: run.left()', instead: 'left: run.left().slice(0, 1)'},
    cell: 'scale-up, refused',
    red: /it does not say .*ps:scale/,
  },
]

describe.concurrent('a planted bug', () => {
  it.for(planted)('$bug turns "$cell" red', {timeout: 120_000}, async ({cell, plant: bug, red}, context) => {
    await needs(context, 'heroku-cli')
    const one = [...cells, ...variations].find((each) => nameOf(each).startsWith(cell))!
    const plugin = await plant(bug)
    const home = await linkedHome(plugin.folder)
    try {
      const tried = await tryCell(one, {home})
      context.expect(judge(one, tried).join('\n'), tried.said).toMatch(red)
    } finally {
      await home.remove()
      await plugin.remove()
    }
  })
})
