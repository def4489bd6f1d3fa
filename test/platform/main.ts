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

const starting = startPlatform({
  port: Number(values.port),
  speed: Number(values.speed),
  exampleApp: true,
  ...(values.state && {stateFile: values.state}),
  ...(values['api-key'] && {apiKey: values['api-key']}),
})

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1)
    stopping = true
    process.stderr.write('\nStopping…\n')
    void starting.then((heroku) => heroku.stop()).then(() => process.exit(0))
  })
}

const heroku = await starting.catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error
  process.stderr.write(`Can't listen on port ${values.port}: it is in use. Choose another with --port.\n`)
  process.exit(1)
})

const quote = (value: string) => (/^[\w:/.@-]+$/.test(value) ? value : `'${value}'`)
process.stderr.write(`The local Heroku listens on ${heroku.url}. Paste these lines into another terminal:\n\n`)
for (const [name, value] of Object.entries(heroku.env)) process.stdout.write(`export ${name}=${quote(value)}\n`)
process.stderr.write('\nThen: heroku apps:info --app example-app. Ctrl-C stops it with its dynos.\n')
