import {execFile} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {copyFile, readFile, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'

import {projectRoot} from '../../scripts/lib/cache.mjs'
import {findDocker} from '../demo/docker.js'
import {copyExample, type Project} from '../demo/project.js'
import {startPlatform} from '../platform/index.js'
import {linkedHome} from '../real/heroku-cli.js'
import {large, small} from './desk.js'
import {openShell, type Size} from './shell.js'

/** The example with something to do while it builds and pushes; the shell for it must be in the image. */
const DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
COPY busybox /bin/sh
WORKDIR /app
COPY . .
RUN for i in 1 2 3 4 5 6; do echo "compiling part $i of 6"; busybox sleep 0.5; done
RUN busybox dd if=/dev/urandom of=assets.bin bs=1M count=64
CMD ["node", "server.js"]
`

type Screen = {title: string; text: string}

/** Ships the example twice, the second time with a bug, and looks at the terminal meanwhile. */
async function takeScreens(size: Size): Promise<{screens: Screen[]; made: string}> {
  const heroku = await startPlatform({exampleApp: true})
  const project = await copyExample()
  const home = await linkedHome()
  try {
    const docker = await findDocker(heroku)
    const builds = 'engine' in docker
    if (builds) await slowDown(project)
    const engine = {DOCKER_HOST: process.env.DOCKER_HOST, DOCKER_CONFIG: process.env.DOCKER_CONFIG}
    const given = Object.fromEntries(Object.entries(engine).filter(([, value]) => value !== undefined))
    await using shell = await openShell(size, {cwd: project.folder, env: {...heroku.env, ...given}, home})
    const ship = async () => {
      const flags = (await project.flags(builds)).map((flag) => flag.replace(`${project.folder}/`, ''))
      await shell.types(
        `heroku pipeline:ship --app example-app ${flags.filter((flag) => !/BASE|--arg/.test(flag)).join(' ')} --stable-for 5s`,
      )
    }

    await ship()
    const screens: Screen[] = []
    const moments: Array<[string, RegExp]> = [
      ['While it builds', /compiling part [3-6]/],
      ['While it pushes', / [1-9][\d.]* MB of/],
      ['While it waits for the dynos', /stable for/],
    ]
    for (const [title, shows] of builds ? moments : moments.slice(-1)) {
      screens.push({title, text: await shell.shows(shows)})
    }

    await shell.shows(/^Shipped/m)
    await project.breakIt()
    await shell.exitCode()
    await shell.types('clear')
    await ship()
    await shell.shows(/is rolled back: .*\n\$$/)
    screens.push({title: 'After a crash and its rollback', text: (await shell.screen()).replace(/\n\$$/, '')})
    return {screens, made: builds ? docker.engine.replace(/ at .*/, '') : 'no Docker, so that nothing was built'}
  } finally {
    await heroku.stop()
    await home.remove()
    await rm(project.folder, {recursive: true, force: true})
  }
}

async function slowDown({folder}: Project): Promise<void> {
  await copyFile('/bin/busybox', path.join(folder, 'busybox'))
  // Nothing of an earlier run is in the engine's cache.
  await writeFile(path.join(folder, 'source.txt'), randomUUID())
  await writeFile(path.join(folder, 'Dockerfile'), DOCKERFILE)
  await writeFile(path.join(folder, 'Dockerfile.worker'), DOCKERFILE.replace('server.js', 'worker.js'))
}

const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\`\n`

async function main(): Promise<void> {
  const sections: string[] = []
  let first = ''
  let made = ''
  for (const size of [large, small]) {
    const taken = await takeScreens(size)
    made = taken.made
    first ||= taken.screens[0]!.text
    for (const {text, title} of taken.screens) {
      sections.push(`## ${title}, ${size.columns} × ${size.rows}\n\n${fenced(text)}`)
      console.log(`=== ${title}, ${size.columns} × ${size.rows}\n${text}\n`)
    }
  }

  const {stdout: tmux} = await promisify(execFile)('tmux', ['-V'])
  const how =
    `\`npm run screens\` wrote these from what a terminal (${tmux.trim()}) showed while the stock Heroku CLI shipped a copy of\n` +
    `examples/hello, with a build that takes longer, to the local Heroku (${made}). Colours are not shown.\n`
  await writeFile(path.join(projectRoot, 'docs/screen.md'), `# The screen\n\n${how}\n${sections.join('\n')}`)

  const readme = path.join(projectRoot, 'README.md')
  const text = await readFile(readme, 'utf8')
  const begin = '<!-- screen -->\n'
  const end = '<!-- /screen -->'
  const [before, rest] = text.split(begin)
  if (!rest) throw new Error(`README.md has no ${begin}`)
  await writeFile(readme, `${before}${begin}${fenced(first)}${end}${rest.split(end)[1]}`)
}

await main()
