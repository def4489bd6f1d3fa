import {existsSync} from 'node:fs'
import path from 'node:path'
import type {ImageConfig} from '../registry/manifest.js'

/** What a dyno of this image runs; `cwd` is a path inside the image. */
export type DynoCommand = {command: string; cwd: string; env: Record<string, string>}

/**
 * As Cedar runs an image (platform-facts §1.4): entrypoint and command become one string for a shell, each word escaped, which
 * the log shows as `/bin/sh -c gunicorn\ app`. An image that names no command has an empty one: Heroku refuses its release.
 */
export function commandOf({config}: ImageConfig): DynoCommand {
  const words = [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])]
  const env = (config?.Env ?? []).map((pair) => {
    const at = pair.indexOf('=')
    return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
  })
  return {
    command: words.map(escapeWord).join(' '),
    cwd: config?.WorkingDir || '/',
    env: Object.fromEntries(env) as Record<string, string>,
  }
}

/**
 * The environment of a dyno that runs on the host in an unpacked image: config vars win over the image's ENV. PATH is the
 * image's, then the host's; a folder that only the image has is looked for in the unpacked one.
 */
export function dynoEnv(
  root: string,
  imageEnv: Record<string, string>,
  configVars: Record<string, string>,
): Record<string, string> {
  const env = {...imageEnv, ...configVars}
  const folders = (env.PATH ?? '').split(':').filter((folder) => folder !== '')
  const ours = folders.map((folder) => (existsSync(folder) ? folder : path.join(root, folder)))
  return {...env, PATH: [...ours, process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(':')}
}

/** As Ruby's Shellwords does, which is what the real log lines look like. */
function escapeWord(word: string): string {
  if (word === '') return "''"
  return word.replaceAll(/[^\w\-.,:+/@\n]/g, '\\$&').replaceAll('\n', "'\n'")
}
