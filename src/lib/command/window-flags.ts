import {flags} from '@heroku-cli/command'

const many = {multiple: true, multipleNonGreedy: true} as const

/** The flags of a maintenance window, the same wherever there is one. */
export const windowFlags = {
  after: flags.string({
    description: 'local command once all is over; it finds the outcome in its environment and does not change it',
    helpValue: 'COMMAND',
  }),
  backup: flags.option({
    options: ['auto', 'capture', 'none'] as const,
    default: 'auto',
    description: 'auto: a verified capture, or the restore point of a plan with continuous protection',
  })(),
  'backup-timeout': flags.string({default: '1h', description: 'how long a capture may take', helpValue: 'DURATION'}),
  before: flags.string({
    description: 'local command before anything is changed; when it fails, nothing is',
    helpValue: 'COMMAND',
  }),
  database: flags.string({
    ...many,
    description: 'database to back up, by attachment; DATABASE_URL when left out',
    helpValue: 'ATTACHMENT',
  }),
  'flush-cache': flags.string({
    ...many,
    description: 'cache to empty after the migration: memcachier, or a config var that holds a Redis URL',
    helpValue: 'memcachier|CONFIG_VAR',
  }),
  'flush-command': flags.string({
    ...many,
    description: "command that empties a cache, in a dyno, such as rails runner 'Rails.cache.clear'",
    helpValue: 'COMMAND',
  }),
  'flush-match': flags.string({
    description: 'empty only these keys of a Redis, such as cache:*',
    helpValue: 'GLOB',
  }),
  'flush-required': flags.boolean({description: 'a cache that can not be emptied is a failure, not a warning'}),
  'force-flush': flags.boolean({description: 'flush even a Redis that holds job queues or sessions'}),
  'health-check': flags.string({
    description: 'path of the app, or URL, that must answer once the site is up again',
    helpValue: '/PATH|URL',
  }),
  'health-expect': flags.string({
    default: '200-399',
    description: 'statuses that are healthy, such as 200,301-302',
    helpValue: 'RANGE',
  }),
  'health-header': flags.string({
    description: 'header that the answer must have: by it the new code is known',
    helpValue: 'NAME=VALUE',
  }),
  'health-host': flags.string({description: 'Host header of the health check', helpValue: 'HOST'}),
  'health-timeout': flags.string({
    default: '60s',
    description: 'how long the app may take to be healthy',
    helpValue: 'DURATION',
  }),
  'keep-up': flags.string({
    ...many,
    description: 'process type that goes on during the window, and is restarted after the migration',
    helpValue: 'TYPE',
  }),
  'migrate-undo': flags.string({
    description: 'command that takes the migration back, in a dyno, before anything else is rolled back',
    helpValue: 'COMMAND',
  }),
  'on-migration-failure': flags.option({
    options: ['hold', 'rollback'] as const,
    default: 'hold',
    description: 'hold: the window stays open for a person to decide',
  })(),
  'on-unhealthy': flags.option({
    options: ['hold', 'rollback'] as const,
    description: 'when dynos, smoke test or health check fail; rollback unless something was migrated',
  })(),
  'scale-down': flags.string({
    ...many,
    description: 'process types that go to 0 for the window; all but web when left out',
    helpValue: 'TYPE,…',
  }),
  size: flags.string({description: "dyno size of the migration's dyno", helpValue: 'SIZE'}),
  smoke: flags.string({
    description: 'command in a dyno that must succeed before anyone is let in again',
    helpValue: 'COMMAND',
  }),
  'stable-for': flags.string({
    default: '30s',
    description: 'how long the dynos must stay up, such as 30s or 2m',
    helpValue: 'DURATION',
  }),
  timeout: flags.string({
    default: '1h',
    description: 'how long the migration may take; then its dyno is stopped',
    helpValue: 'DURATION',
  }),
  type: flags.string({
    description: "process type whose image runs the migration; web's when left out",
    helpValue: 'TYPE',
  }),
}
