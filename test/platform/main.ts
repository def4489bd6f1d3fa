import {parseArgs} from 'node:util'
import {startPlatform} from './index.js'

const {values} = parseArgs({
  options: {
    port: {type: 'string', default: '5055'},
    state: {type: 'string'},
    speed: {type: 'string', default: '1'},
    'api-key': {type: 'string'},
  },
})

const heroku = await startPlatform({
  port: Number(values.port),
  speed: Number(values.speed),
  exampleApp: true,
  ...(values.state && {stateFile: values.state}),
  ...(values['api-key'] && {apiKey: values['api-key']}),
})

const quote = (value: string) => (/^[\w:/.@-]+$/.test(value) ? value : `'${value}'`)
process.stderr.write(`The local Heroku listens on ${heroku.url}. Paste these lines into another terminal:\n\n`)
for (const [name, value] of Object.entries(heroku.env)) process.stdout.write(`export ${name}=${quote(value)}\n`)
process.stderr.write('\nThen: heroku apps:info --app example-app. Ctrl-C stops it with its dynos.\n')

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1)
    stopping = true
    process.stderr.write('\nStopping…\n')
    void heroku.stop().then(() => process.exit(0))
  })
}
