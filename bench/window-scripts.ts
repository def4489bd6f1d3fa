import {MIGRATE, WINDOW} from './window-app.js'

/** What runs a side's commands in turn and stops at the first that fails, as CI does. */
type Script = {name: string; commands: string[][]}

const scale = (workers: number): string[] => ['ps:scale', `worker=${workers}`]
const PUSH = ['container:push', '--recursive']
const RELEASE = ['container:release', 'web', 'worker']
const BACKUP = ['pg:backups:capture']

const ship = (migrate: string): string[] => [
  'pipeline:ship',
  'web',
  'worker',
  '--migrate',
  migrate,
  '--stable-for',
  '1s',
  '--json',
]

/** `heroku pipeline:ship`, the same with web at 0 as well, the classic eight commands, and the script of somebody who knows what a window costs. */
export function scripts(migrate: string = MIGRATE): Record<'careful' | 'classic' | 'ours' | 'webDown', Script> {
  return {
    webDown: {
      name: 'pipeline:ship --scale-down web',
      commands: [[...ship(migrate), '--scale-down', 'web']],
    },
    ours: {
      name: 'pipeline:ship',
      commands: [ship(migrate)],
    },
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
