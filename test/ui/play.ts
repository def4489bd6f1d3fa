// Plays a run on the real renderer, for the pty tests and for whoever wants to look at it:
// node --import tsx test/ui/play.ts [ship|crash|hang|leave|throw|wide] [factor]
// With a factor other than 1 the clock only moves with the script, so that every screen is the same each time.
import {setTimeout as sleep} from 'node:timers/promises'

import {systemClock} from '../../src/lib/run/clock.js'
import type {RunEvent} from '../../src/lib/run/events.js'
import {chooseRenderer} from '../../src/lib/ui/choose.js'
import {scenes, type Scene} from './scenes.js'

const [scene = 'ship', factor = '1'] = process.argv.slice(2)
const {stdout, stderr, env} = process
let time = 0
const clock = factor === '1' ? systemClock : {...systemClock, now: () => time}
const renderer = await chooseRenderer({json: false, stdout, stderr, env, clock})

process.on('SIGINT', () => {
  renderer.emit({at: clock.now(), type: 'signalled', signal: 'SIGINT', message: 'undoing what was changed'})
  void renderer.close().then(() => {
    stderr.write('the handler ran\n')
    process.exitCode = 130
    process.exit()
  })
})

for (const [wait, event] of scenes[scene as Scene]) {
  await sleep(wait * Number(factor))
  time += wait
  renderer.emit({...event, at: clock.now()} as RunEvent)
}

// What a second signal does.
if (scene === 'leave') process.exit(4)
if (scene === 'hang') await sleep(60_000)
if (scene === 'throw') {
  setImmediate(() => {
    throw new Error('nobody catches this')
  })
  await sleep(60_000)
}

await renderer.close()
stdout.write('the answer\n')
