import {provision} from './addons/provision.js'
import type {Platform} from './platform.js'
import {seedRelease} from './seed.js'
import type {AppState} from './state/types.js'

const server = `
const {createServer} = require('node:http')
createServer((req, res) => {
  console.log(req.method + ' ' + req.url)
  res.end('Hello from example-app\\n')
}).listen(process.env.PORT)
process.on('SIGTERM', () => process.exit(0))
`

/** The app to play with: container stack, web=1, worker=2, a Heroku Postgres and a Key-Value Store attached. */
export async function fillExampleApp(platform: Platform, app: AppState): Promise<void> {
  await provision(platform, app, 'heroku-postgresql:essential-0')
  await provision(platform, app, 'heroku-redis:mini')
  await seedRelease(
    platform,
    app,
    {
      web: {command: 'exec node server.cjs', files: {'server.cjs': server}},
      worker: {command: 'while true; do echo working; sleep 30; done'},
    },
    {web: 1, worker: 2},
  )
}
