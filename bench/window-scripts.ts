import {MIGRATE, WINDOW} from './window-app.js'

/** What runs a side's commands in turn and stops at the first that fails, as CI does. */
type Script = {name: string; commands: string[][]}

const scale = (workers: number): string[] => ['ps:scale', `worker=${workers}`]
const PUSH = ['container:push', '--recursive']
const RELEASE = ['container:release', 'web', 'worker']
const BACKUP = ['pg:backups:capture']

const ship = (migrate: string): string[][] => [
  ['pipeline:ship', 'web', 'worker', '--migrate', migrate, '--stable-for', '1s', '--json'],
]

/**
 * `heroku pipeline:ship` on a plan whose backup is a dump and on one with continuous protection, the classic eight commands, and
 * the script of somebody who knows what a window costs.
 */
export function scripts(migrate: string = MIGRATE): Record<'careful' | 'classic' | 'ours' | 'restorePoint', Script> {
  return {
    ours: {name: 'pipeline:ship', commands: ship(migrate)},
    restorePoint: {name: 'pipeline:ship, its database on standard-0', commands: ship(migrate)},
    classic: {
      name: 'classic script',
      commands: [
        ['maintenance:on'],
        scale(0),
        PUSH,
        RELEASE,
        BACKUP,
        ['run', migrate],
        scale(WINDOW.workers),
        ['maintenance:off'],
      ],
    },
    careful: {
      name: 'careful script',
      commands: [
        PUSH,
        ['maintenance:on'],
        scale(0),
        BACKUP,
        RELEASE,
        ['run', '--exit-code', migrate],
        scale(WINDOW.workers),
        ['maintenance:off'],
      ],
    },
  }
}

/** As a person would type it, without `--app`. */
export const typed = ({commands}: Script): string =>
  commands
    .map((words) => `heroku ${words.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ')}`)
    .join(' && ')
