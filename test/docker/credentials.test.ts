import {chmod, mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'

import {describe, expect, test} from 'vitest'

import {credentialsFor} from '../../src/lib/docker/credentials.js'
import {PASSWORD, serveRegistry} from '../platform/registry/serve.js'
import {needs} from '../real/needs.js'
import {build, contextWith, engineAt, engines, envFor, listImage, removeImages, tempFolder, uniqueName} from './rig.js'
import {createEngine} from '../../src/lib/docker/engine.js'

const basic = (login: string) => ({auth: Buffer.from(login).toString('base64')})

async function envWith(config: object, helpers: Record<string, string> = {}): Promise<NodeJS.ProcessEnv> {
  const dir = await tempFolder()
  await mkdir(path.join(dir, 'bin'))
  await writeFile(path.join(dir, 'config.json'), JSON.stringify(config))
  for (const [name, script] of Object.entries(helpers)) {
    const file = path.join(dir, 'bin', `docker-credential-${name}`)
    await writeFile(file, `#!/bin/sh\n${script}\n`)
    await chmod(file, 0o755)
  }
  return {PATH: `${dir}/bin:${process.env.PATH}`, DOCKER_CONFIG: dir, HOME: dir}
}

test('logins of config.json, as each docker login has left them', async () => {
  const env = await envWith({
    auths: {
      'registry.example.com': basic('me:se:cret'),
      'https://old.example.com/v1/': basic('old:secret'),
      'https://index.docker.io/v1/': basic('hub:secret'),
      'token.example.com': {identitytoken: 'a token'},
      'empty.example.com': {},
    },
  })
  expect(await credentialsFor(env, 'registry.example.com')).toEqual({username: 'me', secret: 'se:cret'})
  expect(await credentialsFor(env, 'old.example.com')).toEqual({username: 'old', secret: 'secret'})
  expect(await credentialsFor(env, 'registry-1.docker.io')).toEqual({username: 'hub', secret: 'secret'})
  expect(await credentialsFor(env, 'token.example.com')).toEqual({secret: 'a token'})
  expect(await credentialsFor(env, 'empty.example.com')).toBeUndefined()
  expect(await credentialsFor(env, 'other.example.com')).toBeUndefined()
  expect(await credentialsFor({HOME: '/nonexistent'}, 'registry.example.com')).toBeUndefined()
})

test('helpers are asked: the one for the host before the store for all', async () => {
  const say = (user: string) =>
    `read server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"${user}\\",\\"Secret\\":\\"of $server\\"}"`
  const env = await envWith(
    {credsStore: 'all', credHelpers: {'one.example.com': 'one'}},
    {one: say('one'), all: `case $1 in get) ${say('<token>')};; esac`},
  )
  expect(await credentialsFor(env, 'one.example.com')).toEqual({username: 'one', secret: 'of one.example.com'})
  expect(await credentialsFor(env, 'two.example.com')).toEqual({secret: 'of two.example.com'})
})

test('a helper that knows nothing is no login; one that fails is named, without what it said', async () => {
  const env = await envWith(
    {
      credHelpers: {
        'none.example.com': 'none',
        'bad.example.com': 'bad',
        'odd.example.com': 'odd',
        'gone.example.com': 'gone',
      },
    },
    {
      none: 'echo "credentials not found in native keychain"; exit 1',
      bad: 'echo the-secret; exit 1',
      odd: 'echo the-secret',
    },
  )
  expect(await credentialsFor(env, 'none.example.com')).toBeUndefined()
  for (const name of ['bad', 'odd', 'gone']) {
    const failure = await credentialsFor(env, `${name}.example.com`).catch((error: Error) => error)
    expect(String(failure)).toContain(`docker-credential-${name}`)
    expect(String(failure)).not.toContain('the-secret')
  }
})

describe.each(engines)('on $engine', ({engine: part, host}) => {
  test('a private base image is pulled with the user’s login, and not without', async (ctx) => {
    await needs(ctx, part)
    const registry = await serveRegistry()
    try {
      const base = `${registry.host}/${uniqueName()}/web`
      const engine = await engineAt(host())
      const inside = uniqueName()
      await build(engine, {
        context: await contextWith({Dockerfile: 'FROM scratch\nCOPY base /\n', base: inside}),
        tags: [base],
      })
      await engine.push(base, {password: PASSWORD, host: registry.host}, () => {}, new AbortController().signal)
      await removeImages(host(), [base])

      const context = await contextWith({Dockerfile: `FROM ${base}\nCOPY more /\n`, more: inside})
      const login = await envWith({auths: {[registry.host]: basic(`_:${PASSWORD}`)}})
      const name = uniqueName()
      await expect(build(engine, {context})).rejects.toThrow(/authoriz|401|no basic auth/i)
      await build(await createEngine({...envFor(host()), ...login, DOCKER_HOST: host()}), {context, tags: [name]})
      expect(Object.keys(await listImage(host(), name)).sort()).toEqual(['base', 'more'])
      await removeImages(host(), [name])
    } finally {
      await registry.close()
    }
  })
})
