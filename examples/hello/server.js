import {createServer} from 'node:http'

const greeting = 'Hello from a dyno'

const server = createServer((request, response) => {
  response.end(`${greeting}\n`)
})

server.listen(process.env.PORT, () => console.log(`listening on ${process.env.PORT}`))

// Heroku sends SIGTERM and waits 30 s: what is being answered is finished, then the process ends.
process.on('SIGTERM', () => server.close(() => process.exit(0)))
