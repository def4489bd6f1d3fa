import {judge} from './judge.js'

/** Add-ons, and the Data API without a database behind it; with one: test/platform/data-stock-cli.test.ts. */
judge(
  'data',
  ['heroku-cli'],
  [
    {
      command: 'heroku addons',
      exit: 0,
      sees: ['heroku-postgresql (postgresql-NAME) essential-0 ~$0.007/hour $5/month created', '└─ as DATABASE'],
    },
    {
      command: 'heroku addons:info DATABASE',
      exit: 0,
      sees: ['=== postgresql-NAME', 'Plan: heroku-postgresql:essential-0', 'Attachments: example-app::DATABASE'],
    },
    {command: 'heroku addons:info nonsense', exit: 2, sees: ["Error: Couldn't find that add-on."]},
    {
      command: 'heroku addons:create heroku-redis:mini --as CACHE',
      exit: 0,
      sees: [
        'Creating heroku-redis:mini on example-app... ~$0.004/hour (max $3/month)',
        'Created redis-NAME as CACHE_URL',
      ],
    },
    {command: 'heroku addons:wait', exit: 0, sees: []},
    {
      command: 'heroku addons:destroy CACHE --confirm example-app',
      exit: 0,
      sees: ['Destroying redis-NAME on example-app... done'],
    },
    {
      command: 'heroku pg:info',
      exit: 0,
      sees: ['=== DATABASE_URL', 'Plan: essential-0', 'Status: Available', 'Continuous Protection: Off'],
    },
    {command: 'heroku pg:wait', exit: 0, sees: []},
    {
      command: 'heroku pg:wait --wait-interval 1 --no-notify',
      exit: 0,
      when: 'the database is not ready yet',
      given: (heroku) => void (heroku.knobs('example-app').databaseWaits = 1),
      sees: ['…Waiting for database postgresql-NAME... available'],
    },
    {
      command: 'heroku pg:backups',
      exit: 0,
      sees: ['=== Backups', 'No backups. Capture one with heroku pg:backups:capture'],
    },
    {
      command: 'heroku pg:backups:capture',
      exit: 0,
      sees: [
        'Starting backup of postgresql-NAME... done',
        'Stop a running backup with heroku pg:backups:cancel.',
        'Backing up DATABASE to b001... done',
      ],
    },
    {command: 'heroku pg:backups', exit: 0, sees: ['b001 TIME Completed TIME 128.00KB DATABASE']},
    {
      command: 'heroku pg:backups:info',
      exit: 0,
      sees: ['=== Backup b001', 'Database: DATABASE', 'Status: Completed', 'Type: Manual'],
    },
    {command: 'heroku pg:backups:url', exit: 0, sees: ['http://localhost:PORT/backups/ID?expires=…&signature=…']},
    {
      command: 'heroku pg:backups:restore b001 DATABASE_URL --confirm example-app',
      exit: 0,
      sees: ['Starting restore of b001 to postgresql-NAME... done', 'Restoring... done'],
    },
    {command: 'heroku pg:backups', exit: 0, sees: ['=== Restores', 'r002 TIME Completed TIME 128.00KB DATABASE']},
    {
      command: 'heroku pg:backups:capture',
      exit: 2,
      when: 'pg_dump fails',
      given: (heroku) => void (heroku.knobs('example-app').transferFails = 'pg_dump: error: out of luck'),
      sees: ['Error: An error occurred and the backup did not finish.…', '…pg_dump: error: out of luck…'],
    },
    {command: 'heroku pg:backups:cancel', exit: 2, sees: ['Error: No active backups/transfers']},
    {
      command: "heroku pg:backups:schedule DATABASE_URL --at '04:00 UTC'",
      exit: 0,
      sees: ['Scheduling automatic daily backups of postgresql-NAME at 04:00 UTC... done'],
    },
    {
      command: 'heroku pg:backups:schedules',
      exit: 0,
      sees: ['=== Backup Schedules', 'DATABASE_URL: daily at 4:00 UTC'],
    },
    {
      command: 'heroku pg:backups:unschedule DATABASE_URL',
      exit: 0,
      sees: ['Unscheduling DATABASE_URL daily backups... done'],
    },
    {
      command: 'heroku pg:backups:delete b001 --confirm example-app',
      exit: 0,
      sees: ['Deleting backup b001 on example-app... done'],
    },
  ],
)
