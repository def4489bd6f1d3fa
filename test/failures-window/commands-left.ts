/** These only look, or never end. */
const LOOKS = /^heroku (logs|ps|pg:backups|releases:output) /

/** The commands below "What is left" that change something, in their order. */
export function commandsLeft(said: string): string[] {
  const [, left = ''] = said.split('What is left:\n')
  const commands = left.split('\n').flatMap((line) => /^ {4}(heroku .+)$/.exec(line)?.[1] ?? [])
  return commands.filter((command) => !LOOKS.test(command))
}
