import {messageOf} from '../run/errors.js'
import {Refused} from '../app/refused.js'
import {stripVTControlCharacters} from 'node:util'

/**
 * Asks once, at a terminal, before the site goes down. A script is never asked: its flags are its consent. `confirm` is what
 * `--confirm` says. @throws Refused when the answer, or `--confirm`, is not the name of the app
 */
export async function confirmDowntime(options: {
  app: string
  confirm: string | undefined
  json: boolean
  warning: string
}): Promise<void> {
  const {app, confirm, json, warning} = options
  const asks = process.stdin.isTTY && process.stderr.isTTY && !process.env.CI && !json
  if (confirm === undefined && !asks) return
  const {hux} = await import('@heroku/heroku-cli-util')
  try {
    await hux.confirmCommand({comparison: app, warningMessage: warning, ...(confirm ? {confirmation: confirm} : {})})
  } catch (error) {
    throw new Refused([{message: stripVTControlCharacters(messageOf(error))}])
  }
}
