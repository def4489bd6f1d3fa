/**
 * What a line that matters has at least one of. The reader searches raw bytes for these, one pass each, and decodes nothing else.
 * At most seven bytes each, and first a byte that is rare in logs: Node then searches for the first byte only, with the
 * processor's widest instructions (20 GB/s); longer ones it searches by skipping, ten times slower. `MB` is for the form of 2013
 * (`measure=memory_total val=21.22 units=MB`).
 */
export const NEEDLES = ['#memory', 'MB', 'Process', 'State c', 'Release', 'Memory '] as const

/** Whether it is worth while to look at the line, from the bytes around the needle. */
export function looksGood(needle: number, bytes: Uint8Array, at: number): boolean {
  const next = bytes[at + NEEDLES[needle]!.length]
  switch (NEEDLES[needle]) {
    case 'MB': {
      return bytes[at - 1] === 61 /* = */ && bytes[at - 2] === 115 /* units= */
    }
    case 'Process':
    case 'Release': {
      return next === 32
    }
    case 'Memory ': {
      return next === 113 /* quota */
    }
    default: {
      return true
    }
  }
}

const ANY = new RegExp(NEEDLES.join('|'), 'g')

/** The first place at or after `from` in a text where a needle stands; −1: none. */
export function nextNeedle(text: string, from: number): number {
  ANY.lastIndex = from
  return ANY.exec(text)?.index ?? -1
}
