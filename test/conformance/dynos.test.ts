import type {LocalHeroku} from '../platform/index.js'
import {judge} from './judge.js'

const formation = (heroku: LocalHeroku, type: string) => heroku.world('example-app').formation[type]
const metrics = (heroku: LocalHeroku) => heroku.metricsEnv
const logged = (heroku: LocalHeroku, line: RegExp) => heroku.log('example-app').some((one) => line.test(one))

/** The formation, its dynos, the log, one-off dynos. */
judge(
  'dynos',
  ['heroku-cli'],
  [
    {
      command: 'heroku ps',
      exit: 0,
      sees: [
        '=== web (Standard-1X): /bin/sh -c exec\\ node\\ server.cjs (1)',
        'web.1: up TIME (AGO)',
        'worker.2: up TIME (AGO)',
      ],
    },
    {
      command: 'heroku logs --dyno-name web.1',
      exit: 0,
      sees: ['TIME heroku[web.1]: State changed from starting to up'],
    },
    {command: 'heroku logs --source app --num 1000', exit: 0, sees: ['TIME app[worker.1]: working']},
    {
      command: 'heroku logs --process-type worker',
      exit: 0,
      sees: ['TIME heroku[worker.1]: State changed from starting to up'],
    },
    {command: 'heroku logs --app nowhere', exit: 2, sees: ["Error: Couldn't find that app."]},
    {command: 'heroku ps:scale', exit: 0, sees: ['web=1:Standard-1X worker=2:Standard-1X']},
    {
      command: 'heroku ps:scale worker=1',
      exit: 0,
      sees: ['Scaling dynos... done, now running worker at 1:Standard-1X'],
      after: ['worker is 1', (heroku) => formation(heroku, 'worker')?.quantity === 1],
    },
    {
      command: 'heroku ps:scale worker+1:standard-2x',
      exit: 0,
      sees: ['Scaling dynos... done, now running worker at 2:Standard-2X'],
      after: ['worker is 2', (heroku) => formation(heroku, 'worker')?.quantity === 2],
    },
    {
      command: 'heroku ps:scale clock=1',
      exit: 2,
      sees: ['Scaling dynos... !', "Error: Couldn't find that process type (clock)."],
    },
    {
      command: 'heroku ps:type web=performance-m',
      exit: 0,
      sees: ['Scaling dynos on example-app... done', 'web Performance-M 1 ~$0.347 $250'],
      after: ['web is Performance-M', (heroku) => formation(heroku, 'web')?.size === 'Performance-M'],
    },
    {command: 'heroku ps:type', exit: 0, sees: ['=== Process Types', 'worker Standard-2X 2 ~$0.139 $100']},
    {
      command: 'heroku ps:type nonsense',
      exit: 2,
      sees: ['Error: No such size as nonsense. Available dyno sizes are …'],
    },
    {
      command: 'heroku ps:autoscale:enable --min 1 --max 2 --p95 500',
      exit: 0,
      env: metrics,
      sees: ['Enabling dyno autoscaling... done'],
    },
    {command: 'heroku ps:autoscale:disable', exit: 0, env: metrics, sees: ['Disabling dyno autoscaling... done']},
    {
      command: 'heroku ps:restart --process-type worker',
      exit: 0,
      sees: ['Restarting all worker dynos on example-app... done'],
      after: ['worker restarts', (heroku) => logged(heroku, /heroku\[worker\.1]: Restarting$/)],
    },
    {
      command: 'heroku ps:restart --dyno-name web.1',
      exit: 0,
      sees: ['Restarting dyno web.1 on example-app... done'],
      after: ['web.1 restarts', (heroku) => logged(heroku, /heroku\[web\.1]: Restarting$/)],
    },
    {command: 'heroku ps:restart', exit: 0, sees: ['Restarting all dynos on example-app... done']},
    {command: 'heroku ps:stop --dyno-name worker.1', exit: 0, sees: ['Stopping dyno worker.1 on example-app... done']},
    {command: 'heroku ps:wait', exit: 0, sees: []},
    {command: 'heroku run --exit-code -- true', exit: 0, sees: ['Running true on example-app... up, run.N']},
    {
      command: "heroku run --exit-code -- sh -c 'echo said; exit 3'",
      exit: 3,
      sees: ['said', 'Error: Process exited with code 3'],
    },
    {
      command: "heroku run --no-tty -- 'echo said; exit 3'",
      exit: 0,
      sees: ['said'],
      after: ['the dyno ended with 3', (heroku) => logged(heroku, /heroku\[run\.\d+]: Process exited with status 3$/)],
    },
    {
      command: "heroku run --env A=b --size standard-2x -- 'echo $A'",
      exit: 0,
      sees: ['b', 'Running echo $A on example-app... up, run.N'],
    },
    {
      command: 'heroku run:detached -- sleep 600',
      exit: 0,
      sees: [
        'Running sleep 600 on example-app... done, run.N',
        'Run heroku logs --app example-app --dyno run.N to view the output.',
      ],
    },
    {
      command: 'heroku ps',
      exit: 0,
      sees: ['=== run: one-off processes (1)', 'run.N (Standard-1X): up TIME (AGO): sleep 600'],
    },
    {
      command: 'heroku ps:stop --process-type run',
      exit: 0,
      sees: ['Stopping all run dynos on example-app... done'],
    },
    {
      command: 'heroku run -- true',
      exit: 2,
      when: 'right after a release',
      given: (heroku) => void (heroku.knobs('example-app').dynoConflicts = 1),
      sees: ['Error: Unable to run the process, please try again in a moment.', 'Error ID: conflict'],
    },
  ],
)
