/** What only looks is not run: it changes nothing, or it never ends. */
const LOOKS = /^heroku (logs|ps|releases|releases:(info|output)|pg:backups|pg:backups:info)( |$)(?!.*:scale)/

/** The commands below "What is left", in their order, as they can be pasted; those that change something. */
export function commandsLeft(said: string): string[] {
  const [, left = ''] = said.split('What is left:\n')
  const commands = left.split('\n').flatMap((line) => /^ {4}(heroku .+)$/.exec(line)?.[1] ?? [])
  return commands.filter((command) => !LOOKS.test(command))
}
