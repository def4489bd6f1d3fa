/** What the walk through a frame needs next: so many bytes to look at, or to pass by. */
type Wanted = {take: number} | {skip: number}

const MAGIC = 0xfd_2f_b5_28
const DICTIONARY_ID = [0, 1, 2, 4]
const CONTENT_SIZE = [0, 2, 4, 8]
const RLE_BLOCK = 1

/** Walks through one frame (RFC 8878 §3.1); what is no frame goes on to the end, for the decoder to refuse. */
function* walk(): Generator<Wanted, void, number> {
  const magic = yield {take: 4}
  if (magic >>> 4 === 0x1_84_d2_a5) {
    yield {skip: yield {take: 4}}
    return
  }
  if (magic !== MAGIC) yield {skip: Infinity}
  const descriptor = yield {take: 1}
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSize = CONTENT_SIZE[descriptor >> 6]! || (isSingleSegment ? 1 : 0)
  yield {skip: (isSingleSegment ? 0 : 1) + DICTIONARY_ID[descriptor & 3]! + contentSize}
  for (let isLast = false; !isLast;) {
    const block = yield {take: 3}
    isLast = (block & 1) === 1
    yield {skip: ((block >> 1) & 3) === RLE_BLOCK ? 1 : block >> 3}
  }
  if (descriptor & 4) yield {skip: 4}
}

/** One frame of a zstd archive. */
export type ZstdFrame = {
  bytes: AsyncIterable<Uint8Array>
  /** Whether it was there up to its end, once `bytes` have been read: Node's decoder does not mind. */
  isWhole(): boolean
}

/**
 * The frames of a zstd archive, each as the bytes it is made of: Node's decoder stops, without a word, behind the first, and parallel
 * compressors and `cat` make many. Each has to be read to its end before the next is asked for.
 */
export async function* zstdFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ZstdFrame> {
  const iterator = chunks[Symbol.asyncIterator]()
  let left: Uint8Array | undefined = new Uint8Array()
  const more = async (): Promise<void> => {
    while (left?.length === 0) {
      const next: IteratorResult<Uint8Array> = await iterator.next()
      left = next.done ? undefined : next.value
    }
  }

  let isWhole = true
  async function* frame(): AsyncGenerator<Uint8Array> {
    const walker = walk()
    isWhole = false
    let wanted = walker.next()
    let [number, taken, passed] = [0, 0, 0]
    for (await more(); left && !wanted.done; await more()) {
      let index = 0
      while (index < left.length && !wanted.done) {
        if ('take' in wanted.value) {
          number += left[index++]! * 2 ** (8 * taken++)
          if (taken < wanted.value.take) continue
        } else {
          const length: number = Math.min(left.length - index, wanted.value.skip - passed)
          index += length
          passed += length
          if (passed < wanted.value.skip) continue
        }
        wanted = next(walker, number)
        ;[number, taken, passed] = [0, 0, 0]
      }
      const mine = left.subarray(0, index)
      left = left.subarray(index)
      isWhole = wanted.done === true
      yield mine
    }
  }

  for (await more(); left; await more()) yield {bytes: frame(), isWhole: () => isWhole}
}

/** What there is nothing to pass of is passed. */
function next(walker: Generator<Wanted, void, number>, number: number): IteratorResult<Wanted, void> {
  let wanted = walker.next(number)
  while (!wanted.done && 'skip' in wanted.value && wanted.value.skip === 0) wanted = walker.next(0)
  return wanted
}
