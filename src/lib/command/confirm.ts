import {messageOf} from '../run/errors.js'
import {Refused} from '../app/refused.js'
import {stripVTControlCharacters} from 'node:util'

/** What a question needs to know. */
type Question = {app: string; confirm: string | undefined; json: boolean; warning: string}

/**
 * Asks once, at a terminal, before the site goes down. A script is never asked: its flags are its consent. `confirm` is what
 * `--confirm` says. @throws Refused when the answer, or `--confirm`, is not the name of the app
 */
export async function confirmDowntime({app, confirm, json, warning}: Question): Promise<void> {
  if (confirm === undefined && !asks(json)) return
  const {hux} = await import('@heroku/heroku-cli-util')
  try {
    await hux.confirmCommand({comparison: app, warningMessage: warning, ...(confirm ? {confirmation: confirm} : {})})
  } catch (error) {
    // The question has taken the Ctrl-C for itself: it ends the command as any other does.
    if (/CTRL\+C/.test(messageOf(error))) return interrupted()
    throw new Refused([{message: stripVTControlCharacters(messageOf(error))}])
  }
}

/** The same for a change that nobody asked for by flags: a script has to say `--confirm`. @throws Refused */
export async function confirmChange(question: Question): Promise<void> {
  const {app, confirm, json} = question
  if (confirm !== undefined || asks(json)) return confirmDowntime(question)
  const fix = `In a script, say so with --confirm ${app}; --dry-run shows what would be done.`
  throw new Refused([{message: 'Nobody is here to be asked.', fix}])
}

/** To our own listener, which ends the process; no signal, because nothing would wait for it. */
function interrupted(): Promise<never> {
  process.emit('SIGINT', 'SIGINT')
  return new Promise(() => {})
}

function asks(json: boolean): boolean {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY) && !process.env.CI && !json
}
