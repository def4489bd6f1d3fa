import {parseArgs} from 'node:util'
import {startPlatform} from './index.js'
import {startTlsFront} from './tls-front/tls-front.js'

const {values} = parseArgs({
  options: {
    port: {type: 'string', default: '5055'},
    state: {type: 'string'},
    speed: {type: 'string', default: '1'},
    'api-key': {type: 'string'},
    tls: {type: 'boolean', default: false},
  },
})

const starting = startPlatform({
  port: Number(values.port),
  speed: Number(values.speed),
  exampleApp: true,
  ...(values.state && {stateFile: values.state}),
  ...(values['api-key'] && {apiKey: values['api-key']}),
})

const fronting = values.tls ? starting.then((heroku) => startTlsFront(heroku)) : undefined
// Said below; until then nobody listens.
fronting?.catch(() => {})

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1)
    stopping = true
    process.stderr.write('\nStopping…\n')
    void stop().then(() => process.exit(0))
  })
}

async function stop(): Promise<void> {
  await fronting?.then(
    (front) => front.stop(),
    () => {},
  )
  await (await starting).stop()
}

const heroku = await starting.catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error
  process.stderr.write(`Can't listen on port ${values.port}: it is in use. Choose another with --port.\n`)
  process.exit(1)
})

const front = await fronting?.catch(async (error: Error) => {
  process.stderr.write(`${error.message}.\n`)
  await stop()
  process.exit(1)
})

const quote = (value: string) => (/^[\w:/.@-]+$/.test(value) ? value : `'${value}'`)
const also = front ? `, and as heroku.localhost behind TLS` : ''
process.stderr.write(`The local Heroku listens on ${heroku.url}${also}. Paste these lines into another terminal:\n\n`)
for (const [name, value] of Object.entries((front ?? heroku).env))
  process.stdout.write(`export ${name}=${quote(value)}\n`)
process.stderr.write('\nThen: heroku apps:info --app example-app. Ctrl-C stops it with its dynos.\n')
