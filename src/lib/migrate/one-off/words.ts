import type {DynoCommand} from '../facts.js'
import {quote} from './wrap.js'

const LONGEST = 80

/** A command on one line, in backquotes, at most 80 characters. */
export function shown({command}: DynoCommand): string {
  const line = command.trim().replaceAll(/\s+/g, ' ')
  return `\`${line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line}\``
}

/** What a person types to see what a dyno wrote; `running`: and what it still writes. */
export function logsCommand(app: string, dyno: string, {running = false} = {}): string {
  return `heroku logs --dyno ${dyno} --num 1500${running ? ' --tail' : ''} --app ${app}`
}

/** What a person types to run a command as we would. The CLI takes a single word as it is. */
export function runByHand(app: string, {command, size, type}: DynoCommand): string {
  const flags = [...(size ? [`--size ${size}`] : []), ...(type ? [`--type ${type}`] : []), '--exit-code']
  const plain = /^[\w./:=@%+, -]+$/.test(command)
  return `heroku run ${flags.join(' ')} --app ${app} -- ${plain ? command : quote(command)}`
}

/** `1h30m`, `10m`, `45s`, as it is given to `--timeout`. */
export function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('') || '0s'
}
