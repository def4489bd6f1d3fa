/** As much of ASN.1's DER as a certificate needs: each function returns one encoded value. */

const value = (tag: number, ...contents: Buffer[]): Buffer => {
  const body = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = bigEndian(length)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

function bigEndian(number: number): number[] {
  return number < 0x1_00 ? [number] : [...bigEndian(Math.floor(number / 0x1_00)), number % 0x1_00]
}

export const sequence = (...items: Buffer[]): Buffer => value(0x30, ...items)
export const set = (...items: Buffer[]): Buffer => value(0x31, ...items)
export const boolean = (is: boolean): Buffer => value(0x01, Buffer.from([is ? 0xff : 0]))
export const octets = (content: Buffer): Buffer => value(0x04, content)
export const utf8 = (text: string): Buffer => value(0x0c, Buffer.from(text))
/** `[n]` around whole values. */
export const explicit = (n: number, ...items: Buffer[]): Buffer => value(0xa0 | n, ...items)
/** `[n]` in place of the tag of a primitive value. */
export const implicit = (n: number, content: Buffer): Buffer => value(0x80 | n, content)

/** Non-negative, big-endian. */
export const integer = (bytes: Buffer): Buffer =>
  value(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)

/** Of whole bytes, or with this many of the last bits unused. */
export const bits = (content: Buffer, unused = 0): Buffer => value(0x03, Buffer.from([unused]), content)

/** `2.5.29.19` */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap((arc) => base128(arc))]))
}

function base128(arc: number): number[] {
  const bytes = [arc % 0x80]
  for (let left = Math.floor(arc / 0x80); left > 0; left = Math.floor(left / 0x80)) bytes.unshift((left % 0x80) | 0x80)
  return bytes
}

/** UTCTime, which a certificate has until 2049. */
export function utcTime(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/\D/g, '').slice(2, 14)
  return value(0x17, Buffer.from(`${digits}Z`))
}
