import {expect, it} from 'vitest'

import {openStream} from '../../src/lib/heroku/open-stream.js'

/** As Node's fetch is now and then: a body that ends in the instant of the abort never says so. */
const neverSettling: typeof fetch = () =>
  Promise.resolve(new Response(new ReadableStream({start: (body) => body.enqueue(new Uint8Array([1]))})))

it.each(['the signal', 'close'])('%s ends a read that would never settle', async (end) => {
  const over = new AbortController()
  const {chunks, close} = await openStream(neverSettling, 'http://localhost', {}, over.signal)
  expect((await chunks.next()).value).toEqual(new Uint8Array([1]))
  const next = chunks.next()
  if (end === 'close') close()
  else over.abort(new Error('enough'))
  await expect(next).rejects.toThrow(end === 'close' ? 'not read any more' : 'enough')
})
