import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, it, onTestFinished} from 'vitest'

import {openStream} from '../../src/lib/heroku/open-stream.js'

/** As Node's fetch is now and then: a body that ends in the instant of the abort never says so. */
const deaf: typeof fetch = (input, init) => fetch(input, {...init, signal: null})

it.each(['the signal', 'close'])('%s ends a read that would never settle', async (end) => {
  const server = createServer((_, answer) => answer.write('x')).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const over = new AbortController()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const {chunks, close} = await openStream(deaf, url, {}, over.signal)
  expect((await chunks.next()).value).toEqual(new Uint8Array([0x78]))
  const next = chunks.next()
  if (end === 'close') close()
  else over.abort(new Error('enough'))
  await expect(next).rejects.toThrow(end === 'close' ? 'not read any more' : 'enough')
})
