import type {ProcessType} from '../../heroku/types.js'

/**
 * The command as a one-off dyno would run it: a first word that is a process type stands for that type's command
 * (platform-facts §5.1). Heroku does that itself, but not inside our wrapper.
 * @throws Error when that command is not known, or when there is nothing to run
 */
export function resolveCommand(command: string, formation: ProcessType[]): string {
  const [, first = '', rest = ''] = /^\s*(\S+)(.*)$/s.exec(command) ?? []
  if (first === '') throw new Error('There is no command to run')
  if (command.includes('\0')) throw new Error('A command can not hold a NUL character')
  const named = formation.find(({type}) => type === first)
  if (!named) return command
  if (!named.command) {
    throw new Error(
      `"${first}" is a process type, and Heroku does not say its command: write the command itself, ` +
        `or "exec ${first}" for a program of that name`,
    )
  }

  return `${named.command}${rest}`
}
