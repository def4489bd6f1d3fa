const BASE = 0x400000
const HEADERS = 64 + 56

/** A static program for linux/amd64 that prints `text` and ends: what an image `FROM scratch` can run. */
export function helloProgram(text: string): Buffer {
  const code = Buffer.from([
    0xb8,
    1,
    0,
    0,
    0,
    0xbf,
    1,
    0,
    0,
    0, // write to stdout
    0x48,
    0x8d,
    0x35,
    16,
    0,
    0,
    0,
    0xba,
    text.length,
    0,
    0,
    0,
    0x0f,
    0x05, // the text behind the code
    0xb8,
    60,
    0,
    0,
    0,
    0x31,
    0xff,
    0x0f,
    0x05, // exit 0
  ])
  const size = BigInt(HEADERS + code.length + text.length)
  const head = Buffer.alloc(HEADERS)
  head.write('\u007FELF', 'latin1')
  head.set([2, 1, 1], 4)
  head.writeUInt16LE(2, 16) // an executable
  head.writeUInt16LE(62, 18) // x86-64
  head.writeUInt32LE(1, 20)
  head.writeBigUInt64LE(BigInt(BASE + HEADERS), 24)
  head.writeBigUInt64LE(64n, 32)
  head.writeUInt16LE(64, 52)
  head.writeUInt16LE(56, 54)
  head.writeUInt16LE(1, 56)
  head.writeUInt32LE(1, 64) // one segment, to load
  head.writeUInt32LE(5, 68) // readable, executable
  head.writeBigUInt64LE(BigInt(BASE), 80)
  head.writeBigUInt64LE(BigInt(BASE), 88)
  head.writeBigUInt64LE(size, 96)
  head.writeBigUInt64LE(size, 104)
  head.writeBigUInt64LE(4096n, 112)
  return Buffer.concat([head, code, Buffer.from(text)])
}
