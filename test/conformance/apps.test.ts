import {judge} from './judge.js'

const NOT_FOUND = "Error: Couldn't find that app."

/** The app, its configuration, releases and switches. */
judge(
  'apps',
  ['heroku-cli'],
  [
    {command: 'heroku auth:whoami', noApp: true, exit: 0, sees: ['founder@example.com']},
    {command: 'heroku auth:token', noApp: true, exit: 0, sees: ['TOKEN']},
    {command: 'heroku apps', noApp: true, exit: 0, sees: ['=== founder@example.com Apps', 'example-app']},
    {
      command: 'heroku apps:info',
      exit: 0,
      sees: ['=== example-app', 'Owner: founder@example.com', 'Dynos: web: 1, worker: 2', 'Stack: container'],
    },
    {command: 'heroku apps:info --app nowhere', exit: 2, sees: [NOT_FOUND, 'Error ID: not_found']},
    {
      command: 'HEROKU_API_KEY=wrong heroku apps:info',
      exit: 1,
      sees: ['Error: The token provided to HEROKU_API_KEY is invalid. Please'],
    },
    {
      command: 'heroku apps:create other --stack container',
      noApp: true,
      exit: 0,
      sees: ['Creating other... done, stack is container', 'http://127.0.0.1:PORT/ | …'],
      after: ['the app is there', (heroku) => heroku.world('other').releases === 2],
    },
    {
      command: 'heroku apps:create other',
      noApp: true,
      exit: 2,
      sees: ['Creating other... !', 'Error: Name other is already taken'],
    },
    {
      command: 'heroku apps:destroy --app other --confirm other',
      exit: 0,
      sees: ['Destroying other (including all add-ons)... done'],
    },
    {
      command: 'heroku apps:destroy --confirm other',
      exit: 1,
      sees: ['Error: Confirmation other did not match example-app. Aborted.'],
      after: ['the app is there', (heroku) => heroku.world('example-app').releases > 0],
    },
    {command: 'heroku stack', exit: 0, sees: ['=== example-app Available Stacks', '* container', 'heroku-24']},
    {command: 'heroku regions', noApp: true, exit: 0, sees: ['ID Location Runtime', 'us United States Common Runtime']},
    {command: 'heroku domains', exit: 0, sees: ['=== example-app Heroku Domain', 'example-app.localhost']},
    {command: 'heroku access', exit: 0, sees: ['founder@example.com owner']},
    {
      command: 'heroku config:set GREETING=hello COLOUR=green',
      exit: 0,
      sees: ['Setting GREETING, COLOUR and restarting example-app... done, v6', 'GREETING: hello', 'COLOUR: green'],
    },
    {command: 'heroku config:get GREETING', exit: 0, sees: ['hello']},
    {command: 'heroku config:get GREETING --shell', exit: 0, sees: ['GREETING=hello']},
    {
      command: 'heroku config',
      exit: 0,
      sees: ['=== example-app Config Vars', 'DATABASE_URL: postgres://…', 'GREETING: hello', 'COLOUR: green'],
    },
    {command: 'heroku config --json', exit: 0, sees: ['"GREETING": "hello",']},
    {
      command: 'heroku config:unset COLOUR',
      exit: 0,
      sees: ['Unsetting COLOUR and restarting example-app... done, v7'],
    },
    {
      command: 'heroku releases',
      exit: 0,
      sees: [
        '=== example-app Releases - Current: v7',
        'v7 Remove COLOUR config vars founder@example.com TIME (AGO)',
        'v5 Deployed web (IMAGE), Deployed worker (IMAGE) founder@example.com TIME (AGO)',
      ],
    },
    {
      command: 'heroku releases:info v6',
      exit: 0,
      sees: ['=== Release v6', 'Change: Set GREETING, COLOUR config vars', 'Eligible for Rollback?: Yes'],
    },
    {command: 'heroku releases:output', exit: 0, sees: ['Warning: Release v7 has no release output available.']},
    {
      command: 'heroku releases:rollback v5',
      exit: 0,
      sees: ['Rolling back example-app to v5... done, v8', 'Warning: To undo, run: heroku rollback v7'],
    },
    {command: 'heroku config:get GREETING', exit: 0, sees: []},
    {command: 'heroku releases:rollback v99', exit: 2, sees: ["Error: Couldn't find that release."]},
    {
      command: 'heroku features',
      exit: 0,
      sees: ['=== App Features example-app', '[ ] preboot Provide seamless web dyno deploys'],
    },
    {
      command: 'heroku features:enable preboot',
      exit: 0,
      sees: ['Enabling preboot for example-app... done'],
      after: ['preboot is on', (heroku) => heroku.world('example-app').features.includes('preboot')],
    },
    {command: 'heroku features:info preboot', exit: 0, sees: ['=== preboot', 'Enabled: true']},
    {
      command: 'heroku features:disable preboot',
      exit: 0,
      sees: ['Disabling preboot for example-app... done'],
      after: ['preboot is off', (heroku) => !heroku.world('example-app').features.includes('preboot')],
    },
    {
      command: 'heroku features:enable nonsense',
      exit: 2,
      sees: ['Enabling nonsense for example-app... !', "Error: Couldn't find that app feature."],
    },
    {
      command: 'heroku maintenance:on',
      exit: 0,
      sees: ['Enabling maintenance mode for example-app... done'],
      after: ['maintenance is on', (heroku) => heroku.world('example-app').maintenance],
    },
    {command: 'heroku maintenance', exit: 0, sees: ['on']},
    {
      command: 'heroku maintenance:off',
      exit: 0,
      sees: ['Disabling maintenance mode for example-app... done'],
      after: ['maintenance is off', (heroku) => !heroku.world('example-app').maintenance],
    },
    {
      command: 'heroku maintenance:on',
      exit: 2,
      when: 'access was taken away',
      given: (heroku) => void (heroku.knobs('example-app').forbidden = true),
      sees: ['Error: You do not have access to the app example-app.', 'Error ID: forbidden'],
    },
  ],
)
