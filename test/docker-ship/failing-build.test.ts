import {readFile} from 'node:fs/promises'
import {pipeline} from 'node:stream/promises'

import {describe, test} from 'vitest'

import {removeImages, uniqueName} from '../docker/rig.js'
import {tarOf} from '../platform/registry/make-image.js'
import {needs} from '../real/needs.js'
import {APP, project} from './ship-process.js'

const LAST_100 = Array.from({length: 100}, (_, at) => `line ${at + 51}`)

type Report = {exitCode: number; message: string; error: {step: string; reason: string; lines?: string[]}}

describe.concurrent.each(['docker', 'newer-docker'] as const)('on %s', (part) => {
  test.for([
    {
      what: 'a COPY of a file that is not there',
      dockerfile: 'FROM scratch\nCOPY missing.txt /\n',
      names: /^web: Dockerfile fails at \[\d\/\d\] COPY missing\.txt \/: .*missing\.txt.*not found/,
    },
    {
      what: 'a syntax error',
      dockerfile: 'FROM scratch\nCOPPY . /\n',
      names: /^web: Dockerfile fails.*: .*line 2: unknown instruction: COPPY/,
    },
  ])(
    '$what: exit 1, nothing touched, step and Dockerfile named',
    {timeout: 120_000},
    async ({dockerfile, names}, ctx) => {
      const {expect} = ctx
      await needs(ctx, 'heroku-cli', part)
      const {heroku, ship} = await project(ctx, part, {Dockerfile: dockerfile})
      const world = heroku.world(APP)
      const {exit, said, stdout} = await ship(['web', '--json'])
      expect(exit, said).toBe(1)
      const {error, exitCode, message} = JSON.parse(stdout) as Report
      expect([exitCode, error.step, error.lines]).toEqual([1, 'build', undefined])
      expect(error.reason).toMatch(names)
      expect(message).toBe(`Not shipped: ${error.reason}\nNothing was released: example-app still runs v3.`)
      expect(heroku.world(APP)).toEqual(world)
      expect(heroku.requests.filter(({path}) => path.startsWith('/v2/'))).toEqual([])
    },
  )

  test('a RUN that fails: its last 100 lines are told, in text and in --json', {timeout: 120_000}, async (ctx) => {
    const {expect} = ctx
    await needs(ctx, 'heroku-cli', part)
    const base = uniqueName()
    const {heroku, host, ship} = await project(ctx, part, {
      'Dockerfile.worker': `FROM ${base}\nRUN sh -c 'for i in $(seq 150); do echo line $i; done; exit 3'\n`,
    })
    await importShell(host, base)
    ctx.onTestFinished(() => removeImages(host, [base]))
    const world = heroku.world(APP)

    const {exit, said, stdout} = await ship(['worker', '--json'])
    expect(exit, said).toBe(1)
    const {error} = JSON.parse(stdout) as Report
    expect(error.reason).toMatch(/^worker: Dockerfile\.worker fails at \[2\/2\] RUN sh -c 'for i .*exit code: 3/)
    expect(error.lines).toEqual(LAST_100)

    const text = await ship(['worker'])
    expect(text.exit, text.said).toBe(1)
    const lines = text.stderr.split('\n').flatMap((line) => /^ {2}worker \| (line \d+)$/.exec(line)?.slice(1) ?? [])
    expect(lines.slice(-100)).toEqual(LAST_100)
    expect(text.stderr).toMatch(/✗ \[2\/2\] RUN sh -c[^]*Not shipped: worker: Dockerfile\.worker fails at \[2\/2\] RUN/)
    expect(text.stderr.trim().split('\n').at(-1)).toBe('Nothing was released: example-app still runs v3.')
    expect(heroku.world(APP)).toEqual(world)
    expect(heroku.requests.filter(({path}) => path.startsWith('/v2/'))).toEqual([])
  })
})

/** A base image as `docker import` makes one: no image can be pulled where these tests run. */
async function importShell(host: string, name: string): Promise<void> {
  const {default: Docker} = await import('dockerode')
  const busybox = await readFile('/bin/busybox')
  const docker = new Docker({socketPath: host.replace('unix://', '')})
  const {Readable, Writable} = await import('node:stream')
  const tar = Readable.from([await tarOf({'bin/sh': busybox, 'bin/seq': busybox})])
  const said = (await docker.importImage(tar, {repo: name})) as NodeJS.ReadableStream
  await pipeline(said, new Writable({write: (_chunk, _encoding, done) => done()}))
}
