import {execFile} from 'node:child_process'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

import {expect, test} from 'vitest'

const run = promisify(execFile)

test('DEBUG=* shows others’ lines, but no request of ours: they hold the token and build arguments', async () => {
  const asked: string[] = []
  const server = createServer((req, res) => {
    asked.push(`${req.url} ${Buffer.from(String(req.headers['x-registry-auth'] ?? ''), 'base64').toString()}`)
    res.writeHead(200).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
  const module = fileURLToPath(new URL('../../src/lib/docker/transport.ts', import.meta.url))
  const script = `
    import {createRequire} from 'node:module'
    const debug = createRequire(createRequire(${JSON.stringify(module)}).resolve('dockerode'))('debug')
    const {connect} = await import(${JSON.stringify(module)})
    const auth = {username: '_', password: 'the-secret-token', serveraddress: 'r'}
    for (const each of [1, 2]) {
      const transport = connect({host: ${JSON.stringify(host)}, from: 'a test'})
      await transport.json({method: 'POST', path: '/build', query: {buildargs: 'the-secret-argument'}, auth})
    }
    debug('somebody-else')('is heard')
  `
  const argv = ['--import', 'tsx', '--input-type=module', '--eval', script]
  const {stdout, stderr} = await run(process.execPath, argv, {env: {...process.env, DEBUG: '*'}})
  server.close()
  // The secrets went where they belong, and debugging was really on.
  expect(asked).toHaveLength(2)
  expect(asked[0]).toMatch(/the-secret-argument.*the-secret-token/)
  expect(stderr).toContain('is heard')
  for (const secret of [
    'the-secret',
    Buffer.from('the-secret-token').toString('base64').slice(0, 12),
    'eyJ1c2VybmFtZSI6',
  ]) {
    expect(stdout + stderr).not.toContain(secret)
  }
})
