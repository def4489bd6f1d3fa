import {access, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'

import {APP, images, type Setup, setUp} from '../failures/setup.js'
import {linkedHome, runHeroku} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'

const noDocker = {DOCKER_HOST: 'unix:///nonexistent/docker.sock'}

/** Runs a dry run and shows that nothing of the app and nothing on the disk has changed. */
async function dryRun(given: (setup: Setup) => Promise<string[]>, env: NodeJS.ProcessEnv = {}) {
  const setup = await setUp()
  const home = await linkedHome()
  const {folder, heroku} = setup
  try {
    const flags = await given(setup)
    const asked = heroku.requests.length
    const before = structuredClone(heroku.world(APP))
    const argv = ['pipeline:ship', '--app', APP, '--dry-run', ...flags]
    const ended = await runHeroku(argv, {cwd: folder, env: {...heroku.env, ...env}, home, timeoutMs: 100_000})

    expect(heroku.world(APP)).toEqual(before)
    const methods = heroku.requests.slice(asked).map(({method}) => method)
    expect(new Set(methods)).toEqual(new Set(['GET']))
    await expect(access(path.join(home.dir, 'data', 'heroku', 'pipeline-ship'))).rejects.toThrow('ENOENT')
    return {...ended, stdout: ended.stdout.replaceAll(/localhost:\d+/g, 'registry.heroku.com')}
  } finally {
    await setup.remove()
    await home.remove()
  }
}

describe.concurrent('--dry-run', {timeout: 120_000}, () => {
  beforeEach((context) => needs(context, 'heroku-cli'))

  test('of image archives: both plans and what happens when they fail, without Docker', async ({expect}) => {
    const {code, stdout} = await dryRun(({archive}) => archive('web', images.web), noDocker)
    expect(code).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "What would be done to example-app:
        1. Push web to registry.heroku.com/example-app
             web: web.tar
        2. Release web to example-app
        3. Wait for the dynos to come up

      If it fails:
        a push fails                                          nothing to undo, exit 1
        somebody else releases before we do                   nothing to undo, exit 1
        Heroku refuses the release                            undo, exit 1
        the release stays pending, or its outcome is unknown  hold, exit 4
        dynos crash or do not come up                         undo, exit 1
        somebody else releases meanwhile                      hold, exit 4

      Note: worker (1 dyno) is not part of this ship: it goes on with the image it has.
      "
    `)
  })

  test('with a release phase: where there is no way back, and that it is held from there on', async ({expect}) => {
    const {code, stdout} = await dryRun(
      async ({archive}) => [...(await archive('web', images.web)), ...(await archive('release', images.migration))],
      noDocker,
    )
    expect(code).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "What would be done to example-app:
        1. Push web and release to registry.heroku.com/example-app
             web: web.tar
             release: release.tar
        2. Release web and release to example-app and run the release phase (no blind way back from here)
        3. Wait for the dynos to come up

      If it fails:
        a push fails                                          nothing to undo, exit 1
        somebody else releases before we do                   nothing to undo, exit 1
        Heroku refuses the release                            undo, exit 1
        the release phase fails                               undo, exit 1
        the release stays pending, or its outcome is unknown  hold, exit 4
        dynos crash or do not come up                         hold, exit 4
        somebody else releases meanwhile                      hold, exit 4
        interrupted once the release phase has begun          hold, exit 4

      Note: worker (1 dyno) is not part of this ship: it goes on with the image it has.
      "
    `)
  })

  test('of Dockerfiles: what would be built', async (context) => {
    await needs(context, 'docker')
    const {code, stdout} = await dryRun(
      async ({folder}) => {
        for (const name of ['Dockerfile', 'Dockerfile.worker', 'Dockerfile.dev']) {
          await writeFile(path.join(folder, name), 'FROM scratch\nCOPY . .\n')
        }

        return []
      },
      {DOCKER_HOST: process.env.REAL_DOCKER_HOST},
    )
    expect(code).toBe(0)
    context.expect(stdout).toMatchInlineSnapshot(`
      "What would be done to example-app:
        1. Build 2 images
             web: Dockerfile
             worker: Dockerfile.worker
        2. Push web and worker to registry.heroku.com/example-app
        3. Release web and worker to example-app
        4. Wait for the dynos to come up

      If it fails:
        a build fails                                         nothing to undo, exit 1
        a push fails                                          nothing to undo, exit 1
        somebody else releases before we do                   nothing to undo, exit 1
        Heroku refuses the release                            undo, exit 1
        the release stays pending, or its outcome is unknown  hold, exit 4
        dynos crash or do not come up                         undo, exit 1
        somebody else releases meanwhile                      hold, exit 4

      Note: Dockerfile.dev is left alone: dev is not in the formation.
      "
    `)
  })

  test('refuses what a ship would refuse', async ({expect}) => {
    const {code, stderr, stdout} = await dryRun(async () => [], noDocker)
    expect({code, stdout}).toEqual({code: 3, stdout: ''})
    expect(stderr).toMatch(/There is no Dockerfile here/)
  })
})
