import {readArchives} from '../src/lib/memory/read/files.js'

/*
 * One process that reads archives as often as it is asked to: what the first reading costs more (start, compilation) is not the
 * reader's. Asked with a file's name, it answers with milliseconds and samples.
 */
process.on('message', (file: string) => {
  const begin = performance.now()
  void readArchives([file]).then(
    ({samples}) => process.send?.({total: performance.now() - begin, samples: samples.length}),
    (error: unknown) => process.send?.({failed: String(error)}),
  )
})
