import {readFile} from 'node:fs/promises'

import {describe, test} from 'vitest'

import {uniqueName} from '../docker/rig.js'
import {connect} from '../../src/lib/docker/transport.js'
import {needs} from '../real/needs.js'
import {APP, project} from './ship-process.js'

describe.concurrent.each(['docker', 'newer-docker'] as const)('on %s', (part) => {
  test('Ctrl-C during a build ends it, in the engine too; nothing is pushed', {timeout: 120_000}, async (ctx) => {
    const {expect} = ctx
    await needs(ctx, 'heroku-cli', part)
    const marker = uniqueName()
    const {heroku, host, start} = await project(ctx, part, {
      'Dockerfile.worker': [
        'FROM scratch',
        'COPY --chmod=755 busybox /bin/',
        `RUN ["/bin/busybox", "sh", "-c", "echo begun ${marker}; exec /bin/busybox sleep 600"]`,
        'CMD ["sleep", "1000"]',
      ].join('\n'),
      busybox: await readFile('/bin/busybox'),
    })
    const world = heroku.world(APP)
    // Ten minutes of sleep against a deadline of one: an end by itself can't be taken for one by the signal.
    const running = await start(['worker'], {timeoutMs: 60_000})
    await running.says(new RegExp(`\\| begun ${marker}$`, 'm'))
    await expect.poll(() => stepsInUse(host, marker), {timeout: 30_000, interval: 200}).not.toEqual([])
    running.kill('SIGINT')
    const {code, stderr} = await running.done
    expect(code, stderr).toBe(130)
    expect(stderr).toMatch(/Received SIGINT[^]*Interrupted; nothing had been changed\./)
    await expect.poll(() => stepsInUse(host, marker), {timeout: 30_000, interval: 200}).toEqual([])
    expect(heroku.world(APP)).toEqual(world)
    expect(heroku.requests.filter(({path}) => path.startsWith('/v2/'))).toEqual([])
  })
})

/** Steps with this text in their command whose file system the engine has mounted. */
async function stepsInUse(host: string, marker: string): Promise<string[]> {
  const query = {type: 'build-cache'}
  const {body} = await connect({host, from: 'a test'}).json({method: 'GET', path: '/system/df', query})
  const {BuildCache} = body as {BuildCache?: Array<{Description: string; InUse: boolean}>}
  return (BuildCache ?? []).flatMap(({Description, InUse}) =>
    InUse && Description.includes(marker) ? [Description] : [],
  )
}
