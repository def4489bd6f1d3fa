import type {HerokuProcess, HerokuResult} from '../real/heroku-cli.js'
import type {Point} from './point.js'

/** Types a command in an empty home. */
export type Shell = (command: string) => Promise<HerokuProcess>

/** These tell what goes on; whoever reads them waits until it has ended. */
const FOLLOWS = /^heroku (logs --dyno|releases:output) /

/** What still goes on, `pipeline:recover` tells as well. */
const LOOKS = /^heroku ps --app /

/** More rounds than any death needs. */
const ROUNDS = 6

/**
 * A person who has the output of a run that died, and who types only what was printed, by it or by `pipeline:recover`.
 * @param recover the one command that they know
 */
export function becomePerson(died: string, {choice}: Point, recover: string, type: Shell) {
  const run = async (command: string): Promise<HerokuResult> => {
    // On a terminal a person is asked for the name of the app.
    const asked = command.startsWith('heroku pipeline:recover') ? `${command} --confirm ${appIn(command)}` : command
    const process = await type(asked)
    if (FOLLOWS.test(command)) {
      await process.says(/Process exited with status \d+/)
      process.kill('SIGINT')
    }

    return process.done
  }

  return {
    /** By what the output says, newest first; then `pipeline:recover` says whether anything is left. @throws Error when lost */
    async putRight(): Promise<void> {
      let byOutput = commandsOf(died, choice)
      for (let round = 0; round < ROUNDS; round += 1) {
        const {code, stderr} = await run(recover)
        const follows = commandsLeft(stderr).filter((command) => FOLLOWS.test(command))
        if (code === 4 && follows.length > 0) for (const command of follows) await run(command)
        else if (byOutput.length > 0) {
          for (const command of byOutput) await run(command)
          byOutput = []
        } else if (code === 0) return
        else throw new Error(`${recover} ends with ${code}, and no printed command leads on`)
      }

      throw new Error(`not put right in ${ROUNDS} rounds`)
    },
  }
}

/**
 * What takes back what the run had begun, newest first. Once the migration is seen to have succeeded the new code may stay: then a
 * person may leave out what takes it back.
 */
function commandsOf(died: string, choice: Point['choice']): string[] {
  const all = [...died.matchAll(/^ {2}If this process dies: (heroku .+)$/gm)].map(([, command]) => command!).reverse()
  const stays = choice === 'resume' && /^✓ Migrate with /m.test(died)
  return all.filter((command) => !LOOKS.test(command) && !(stays && command.startsWith('heroku releases:rollback ')))
}

/** Below "What is left": commands that can be pasted as they are. */
function commandsLeft(said: string): string[] {
  const [, left = ''] = said.split('What is left:\n')
  return left.split('\n').flatMap((line) => /^ {4}(heroku .+)$/.exec(line)?.[1] ?? [])
}

const appIn = (command: string): string => /--app (\S+)/.exec(command)?.[1] ?? ''
