import {homedir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'

/** The root of the project, whatever the current directory is. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Where tests and the demo keep what is too big to fetch twice; outside the project, so that a fresh clone finds it again. */
export const cacheDir = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'heroku-pipeline-ship')

/** Tools that are not dependencies: npm packages installed into the cache, each with the file that proves it is there. */
export const tools = {
  /** The stock Heroku CLI: 395 MB, too big to be a devDependency. */
  heroku: {
    spec: 'heroku@11.10.0',
    dir: 'heroku-11.10.0',
    file: 'node_modules/.bin/heroku',
    says: 'the stock Heroku CLI (395 MB, once)',
  },
  /** The npm package `node` brings the binary. */
  node20: {
    spec: 'node@20.20.2',
    dir: 'node-20.20.2',
    file: 'node_modules/node/bin/node',
    says: 'Node.js 20 (180 MB, once)',
  },
  node22: {
    spec: 'node@22.23.3',
    dir: 'node-22.23.3',
    file: 'node_modules/node/bin/node',
    says: 'Node.js 22 (180 MB, once)',
  },
}

/** @param {keyof typeof tools} name */
export const toolDir = (name) => path.join(cacheDir, 'tools', tools[name].dir)

/** Where a tool's executable is once it is installed. @param {keyof typeof tools} name */
export const toolPath = (name) => path.join(toolDir(name), tools[name].file)
