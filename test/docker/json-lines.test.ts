import {Readable} from 'node:stream'

import fc from 'fast-check'
import {expect, test} from 'vitest'

import {errorIn, jsonLines} from '../../src/lib/docker/json-lines.js'

async function read(chunks: Buffer[]): Promise<unknown[]> {
  const messages: unknown[] = []
  for await (const message of jsonLines(Readable.from(chunks))) messages.push(message)
  return messages
}

test('however the bytes are cut, the messages are the same', async () => {
  const message = fc.record({status: fc.string({unit: 'binary'}), id: fc.string({unit: 'grapheme'})})
  await fc.assert(
    fc.asyncProperty(
      fc.array(message),
      fc.array(fc.nat(20)),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      async (messages, cuts, end, last) => {
        const bytes = Buffer.from(messages.map((each) => JSON.stringify(each)).join(end) + (last ? end : ''))
        const chunks: Buffer[] = []
        let at = 0
        for (const cut of cuts) chunks.push(bytes.subarray(at, (at += cut + 1)))
        chunks.push(bytes.subarray(at))
        expect(await read(chunks.filter(({length}) => length > 0))).toEqual(messages)
      },
    ),
  )
})

test('an answer that is cut short is an error, not an end', async () => {
  await expect(read([Buffer.from('{"status":"a"}\n{"status":"b')])).rejects.toThrow(/cut short/)
  await expect(read([Buffer.from('<html>')])).rejects.toThrow(/no JSON/)
})

test('an error is found in both of its places', () => {
  expect(errorIn({errorDetail: {message: 'a'}, error: 'b'})).toBe('a')
  expect(errorIn({error: 'b'})).toBe('b')
  expect(errorIn({status: 'fine'})).toBeUndefined()
})
