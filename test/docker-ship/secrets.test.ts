import {randomBytes} from 'node:crypto'
import {chmod, mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'

import {describe, test} from 'vitest'

import {linkedHome} from '../real/heroku-cli.js'
import {needs} from '../real/needs.js'
import {APP, project, type Project} from './ship-process.js'
import {watchChildren} from './watch-children.js'

/** Says every secret as a build, a dyno or a release phase may: quoted, as it is expanded, inside a longer line. */
const TELL = 'echo "key: $KEY"; echo "$LINES_"; echo $LINES_; echo "url=$URL;"'
const dockerfile = (last: string): string =>
  [
    'FROM scratch',
    'COPY --chmod=755 busybox /bin/',
    'SHELL ["/bin/busybox", "sh", "-c"]',
    'ARG KEY',
    'ARG LINES_',
    'ARG URL',
    'ENV KEY=$KEY LINES_=$LINES_ URL=$URL',
    last,
  ].join('\n')

type Case = {
  name: string
  exit: number
  /** Whether a secret was about to be told: its mask is seen. */
  masks: boolean
  journal: boolean
  flags?: string[]
  dockerfiles: Record<string, string>
  /** Other programs that are started, by a part of their arguments. */
  children?: string[]
  given?(setup: Project, home: string): Promise<NodeJS.ProcessEnv | void>
}

const worker = `RUN ${TELL}\nCMD ["sleep", "1000"]\n`
const cases: Case[] = [
  {
    name: 'a ship with a release phase',
    exit: 0,
    masks: true,
    journal: true,
    flags: ['worker', 'release'],
    dockerfiles: {
      'Dockerfile.worker': worker,
      'Dockerfile.release': `CMD ["sh", "-c", ${JSON.stringify(TELL)}]\n`,
    },
  },
  {
    name: 'a build that fails',
    exit: 1,
    masks: true,
    journal: true,
    flags: ['worker'],
    dockerfiles: {'Dockerfile.worker': `RUN ${TELL}; exit 3\nCMD ["sleep", "1000"]\n`},
  },
  {
    name: 'a dyno that crashes',
    exit: 1,
    masks: true,
    journal: true,
    flags: ['worker'],
    dockerfiles: {
      'Dockerfile.worker': `CMD ["sh", "-c", ${JSON.stringify(`${TELL}; echo "Error: $URL $KEY"; exit 1`)}]\n`,
    },
  },
  {
    name: 'a refusal',
    exit: 3,
    masks: false,
    journal: false,
    flags: ['worker'],
    dockerfiles: {'Dockerfile.worker': worker},
    given: ({write}) => write({'heroku.yml': ''}),
  },
  {
    name: '--dry-run',
    exit: 0,
    masks: false,
    journal: false,
    flags: ['worker', '--dry-run'],
    dockerfiles: {'Dockerfile.worker': worker},
  },
  {
    name: 'a push that the registry refuses',
    exit: 1,
    masks: false,
    journal: true,
    flags: ['worker'],
    dockerfiles: {'Dockerfile.worker': 'CMD ["sleep", "1000"]\n'},
    async given({heroku}) {
      const body = {errors: [{code: 'DENIED', message: 'requested access to the resource is denied'}]}
      heroku.fault({method: 'PUT', path: /\/manifests\//, moment: 'before', status: 403, body, times: 99})
    },
  },
  {
    name: 'a base image for which a credential helper is asked',
    exit: 0,
    masks: false,
    journal: true,
    flags: ['worker'],
    dockerfiles: {},
    children: ['docker-credential-test'],
    async given({folder, heroku, write}, home) {
      await heroku.seedRelease(APP, {images: {base: {command: 'sleep 1000'}}})
      await write({
        'Dockerfile.worker': `FROM localhost:${heroku.port}/${APP}/base\nCMD ["sleep", "1001"]\n`,
        'helper/docker-credential-test': `#!/bin/sh\nsleep 1\necho '{"Username":"_","Secret":"${heroku.apiKey}"}'\n`,
      })
      await chmod(path.join(folder, 'helper/docker-credential-test'), 0o755)
      await mkdir(path.join(home, '.docker'))
      await writeFile(path.join(home, '.docker/config.json'), '{"credsStore": "test"}')
      return {PATH: `${folder}/helper:${process.env.PATH}`}
    },
  },
]

describe.concurrent.each([
  {part: 'docker', json: []},
  {part: 'newer-docker', json: ['--json']},
] as const)('on $part $json', ({json, part}) => {
  test.for(cases)(
    '$name leaves no secret anywhere',
    {timeout: 120_000},
    async ({children: started = [], dockerfiles, exit, flags = [], given, journal, masks}, ctx) => {
      const {expect} = ctx
      await needs(ctx, 'heroku-cli', part)
      const setup = await project(ctx, part, {busybox: await readFile('/bin/busybox')})
      for (const [name, last] of Object.entries(dockerfiles)) await setup.write({[name]: dockerfile(last)})
      const home = await linkedHome()
      ctx.onTestFinished(() => home.remove())
      const TMPDIR = path.join(home.dir, 'tmp')
      await mkdir(TMPDIR)
      const env = {TMPDIR, ...(await given?.(setup, home.dir))}

      const {args, forbidden} = secretsOf(setup)
      const running = await setup.start([...flags, ...json, ...args], {home, env})
      const {children, own} = await watchChildren(running.pid, running.done)
      const {code, stderr, stdout} = await running.done
      const said = stderr + stdout
      const files = await filesBelow(home.dir)

      const places = [{name: 'what it says', text: said}, ...files]
      places.push(...[...children].map((text) => ({name: `the arguments of a child: ${text}`, text})))
      const leaks = Object.entries(forbidden).flatMap(([name, secret]) =>
        places.filter(({text}) => text.includes(secret)).map((place) => `${name} is in ${place.name}`),
      )
      expect(leaks, said).toEqual([])

      // None of this was looked for in vain.
      expect(code, said).toBe(exit)
      expect(said.includes('***'), said).toBe(masks)
      expect(files.filter(({name}) => name.endsWith('.ndjson'))).toHaveLength(journal ? 1 : 0)
      expect([...own].join('\n')).toContain(forbidden.KEY)
      for (const part of started) expect([...children].join('\n')).toContain(part)
    },
  )
})

function secretsOf({heroku}: Project) {
  const random = (length: number) => randomBytes(length).toString('hex').slice(0, length)
  const password = random(16)
  const lines = [`-----BEGIN ${random(8)}-----`, random(30), random(12)]
  const values = {
    // 20 characters; BuildKit puts them into a step's name, spaces and all.
    KEY: `k=${random(8)},  ${random(7)}`,
    LINES_: lines.join('\n'),
    URL: `postgres://user:${password}@db.example.com:5432/app?sslmode=require`,
  }
  const token = heroku.apiKey
  const basic = Buffer.from(`_:${token}`).toString('base64')
  return {
    args: Object.entries(values).flatMap(([key, value]) => ['--arg', `${key}=${value}`]),
    forbidden: {...values, password, first: lines[0]!, second: lines[1]!, third: lines[2]!, token, basic},
  }
}

/** Every file that a process has left there, the installed plugin excepted, which is a link. */
async function filesBelow(folder: string): Promise<Array<{name: string; text: string}>> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true})
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  return Promise.all(files.map(async (name) => ({name, text: await readFile(name, 'latin1')})))
}
