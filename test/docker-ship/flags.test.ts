import {readFile} from 'node:fs/promises'

import {describe, test} from 'vitest'

import {needs} from '../real/needs.js'
import {APP, project} from './ship-process.js'
import {imageOf} from './registry-image.js'

/** A shell for RUN, and a web that is up: the dynos of the local Heroku find node on this machine. */
const busybox = () => readFile('/bin/busybox')
const SHELL = 'COPY --chmod=755 busybox /bin/\nSHELL ["/bin/busybox", "sh", "-c"]\n'
const WEB = "require('node:http').createServer((_, res) => res.end()).listen(process.env.PORT)"
const LIST = 'CMD ["sh", "-c", "find . -type f | sort; exec sleep 1000"]\n'

describe.concurrent.each(['docker', 'newer-docker'] as const)('on %s', (part) => {
  test('--context-path, --target, --arg and .dockerignore decide what a dyno gets', {timeout: 120_000}, async (ctx) => {
    const {expect} = ctx
    await needs(ctx, 'heroku-cli', part)
    const value = 'a,b=c,,d  e="f" $HOME \\ {g}'
    const {heroku, ship} = await project(ctx, part, {
      'docker/Dockerfile.worker': [
        'ARG BASE=node:22-alpine',
        'FROM ${BASE} AS common',
        'WORKDIR /app',
        'COPY . .',
        'FROM common AS wanted',
        'ARG VALUE',
        'ENV VALUE=${VALUE}',
        'LABEL org.example.value="${VALUE}"',
        LIST,
        'FROM common AS last',
        'COPY of-the-last-stage.txt .',
        LIST,
      ].join('\n'),
      'docker/beside-the-dockerfile.txt': '',
      'app/.dockerignore': '# not for a dyno\n*.log\nsecrets\n!kept.log\n',
      'app/of-the-last-stage.txt': '',
      'app/main.txt': '',
      'app/debug.log': '',
      'app/kept.log': '',
      'app/secrets/key.txt': '',
    })
    const flags = ['worker', '-R', '--context-path', 'app', '--target', 'wanted', '--arg', 'BASE=scratch']
    const {exit, said} = await ship([...flags, '--arg', `VALUE=${value}`])
    expect(exit, said).toBe(0)

    const {config} = await imageOf(heroku, 'worker')
    expect(config.Env).toContain(`VALUE=${value}`)
    expect(config.Labels).toMatchObject({'org.example.value': value})
    const files = heroku.log(APP).flatMap((line) => / app\[worker\.1\]: (\.\/.*)/.exec(line)?.slice(1) ?? [])
    expect(files).toEqual(['./.dockerignore', './kept.log', './main.txt', './of-the-last-stage.txt'])
  })

  test('--no-cache runs again what the cache has', {timeout: 120_000}, async (ctx) => {
    const {expect} = ctx
    await needs(ctx, 'heroku-cli', part)
    const marker = `ran-${Date.now()}`
    const {heroku, ship} = await project(ctx, part, {
      Dockerfile: `FROM scratch\n${SHELL}RUN busybox echo ${marker}\nCMD ["sleep", "1000"]\n`,
      busybox: await busybox(),
    })
    const ran = new RegExp(`\\| ${marker}$`, 'm')
    const first = await ship(['worker'])
    expect([first.exit, first.said]).toEqual([0, expect.stringMatching(ran)])
    const {digest} = await imageOf(heroku, 'worker')
    const cached = await ship(['worker'])
    expect([cached.exit, cached.said]).toEqual([0, expect.not.stringMatching(ran)])
    expect((await imageOf(heroku, 'worker')).digest).toBe(digest)
    const again = await ship(['worker', '--no-cache'])
    expect([again.exit, again.said]).toEqual([0, expect.stringMatching(ran)])
    expect(heroku.world(APP).images.worker).toBe((await imageOf(heroku, 'worker')).digest)
  })
})

test(
  'Dockerfiles below are found with -R, each with its own folder; what is left alone or left out is named',
  {timeout: 120_000},
  async (ctx) => {
    const {expect} = ctx
    await needs(ctx, 'heroku-cli', 'docker')
    const {heroku, ship} = await project(ctx, 'docker', {
      Dockerfile: 'FROM scratch\nWORKDIR /app\nCOPY web.cjs .\nCMD ["node", "web.cjs"]\n',
      'web.cjs': WEB,
      'Dockerfile.base': 'FROM scratch\n',
      'Dockerfile.dev': 'FROM scratch\n',
      'jobs/Dockerfile.worker': `FROM scratch\nWORKDIR /app\nCOPY . .\n${LIST}`,
      'jobs/job.txt': '',
      'jobs/Dockerfile.test': 'FROM scratch\n',
    })
    await heroku.seedRelease(APP, {
      images: {clock: {command: 'exec sleep 1000'}},
      formation: {clock: 2},
    })
    const old = (await heroku.settled(APP)).images
    const plain = await ship(['--dry-run'])
    expect([plain.exit, plain.said]).toEqual([0, expect.stringMatching(/worker \(1 dyno\) is not part of this ship/)])

    const {exit, said} = await ship(['-R'])
    expect(exit, said).toBe(0)
    for (const [file, type] of [
      ['Dockerfile.base', 'base'],
      ['Dockerfile.dev', 'dev'],
      ['jobs/Dockerfile.test', 'test'],
    ]) {
      expect(said).toContain(`${file} is left alone: ${type} is not in the formation.`)
    }
    expect(said).toContain('clock (2 dynos) is not part of this ship: it goes on with the image it has.')
    expect(said).not.toContain('worker (1 dyno)')
    expect(
      heroku
        .log(APP)
        .filter((line) => /app\[worker\.1\]: \.\/\S/.test(line))
        .map((line) => line.split(': ')[1]),
    ).toEqual(['./Dockerfile.test', './Dockerfile.worker', './job.txt'])
    const {digest: web} = await imageOf(heroku, 'web')
    const {digest: worker} = await imageOf(heroku, 'worker')
    expect(heroku.world(APP).images).toEqual({clock: old.clock, web, worker})
  },
)
