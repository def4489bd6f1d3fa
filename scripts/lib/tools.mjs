import {access, mkdir, mkdtemp, rename, rm} from 'node:fs/promises'
import path from 'node:path'

import {toolDir, toolPath, tools} from './cache.mjs'
import {npm} from './npm.mjs'
import {timed} from './say.mjs'

/** @typedef {keyof typeof tools} Tool */

/**
 * Installs a tool into the cache unless it is there.
 * @param {Tool} name
 * @returns {Promise<string>} the path of its executable
 * @throws Advice when it can't be had
 */
export async function ensureTool(name) {
  if (!(await exists(toolPath(name)))) {
    await timed(`Installing ${tools[name].says} into ${toolDir(name)}`, () => install(name))
  }
  return toolPath(name)
}

/**
 * Installs beside and renames, so that an interrupted install is never taken for a whole one.
 * @param {Tool} name
 */
async function install(name) {
  const dir = toolDir(name)
  await mkdir(path.dirname(dir), {recursive: true})
  const beside = await mkdtemp(`${dir}.installing-`)
  try {
    // NODE_ENV=production and the settings that `npm run` hands on are about this project, not about the tool.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(
        ([key]) => key !== 'NODE_ENV' && !/^npm_(package|lifecycle|config_local)/.test(key),
      ),
    )
    await npm(['install', '--prefix', beside, tools[name].spec], {
      cwd: beside,
      env,
      what: `install ${tools[name].spec}`,
    })
    await rename(beside, dir).catch(async (error) => {
      // Somebody else was quicker: theirs is as good.
      if (!(await exists(toolPath(name)))) throw error
    })
  } finally {
    await rm(beside, {recursive: true, force: true})
  }
}

/** @param {string} file */
async function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  )
}
