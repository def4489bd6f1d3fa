// Plays a run on the real renderer, in real time, for the pty tests and for whoever wants to look at it:
// npx tsx test/ui/play.ts [ship|crash|hang|throw|wide] [factor]
import type {RunEvent} from '../../src/lib/run/events.js'
import {setTimeout as sleep} from 'node:timers/promises'
import {chooseRenderer} from '../../src/lib/ui/choose.js'
import {scenes, type Scene} from './scenes.js'

const [scene = 'ship', factor = '1'] = process.argv.slice(2)
const {stdout, stderr, env} = process
const renderer = await chooseRenderer({json: false, stdout, stderr, env})

process.on('SIGINT', () => {
  renderer.emit({at: Date.now(), type: 'signalled', signal: 'SIGINT', message: 'undoing what was changed'})
  void renderer.close().then(() => {
    stderr.write('the handler ran\n')
    process.exit(130)
  })
})

for (const [wait, event] of scenes[scene as Scene]) {
  await sleep(wait * Number(factor))
  renderer.emit({...event, at: Date.now()} as RunEvent)
}

if (scene === 'hang') await sleep(60_000)
if (scene === 'throw') {
  setImmediate(() => {
    throw new Error('nobody catches this')
  })
  await sleep(5000)
}

await renderer.close()
stdout.write('the answer\n')
