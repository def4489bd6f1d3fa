// npm run conformance: strangers' commands against the local Heroku, and the tables of docs/local-heroku.md from what came of them.
// One file after the other: each writes a table of its own into the same document.
process.env.UPDATE_CONFORMANCE = '1'
process.argv.push('test/conformance', '--no-file-parallelism')
await import('./test.mjs')
