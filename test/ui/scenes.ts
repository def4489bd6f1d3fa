import type {RunEvent, Untimed} from '../../src/lib/run/events.js'

type Said = Untimed<RunEvent>
/** Events with the pause before each, in milliseconds. */
export type Script = Array<[number, Said]>
export type Scene = 'crash' | 'hang' | 'leave' | 'ship' | 'throw' | 'wide'

const steps = [
  {id: 'build', title: 'Build 2 images', pivot: false},
  {id: 'push', title: 'Push 2 images', pivot: false},
]
const releaseSteps = [
  {id: 'release', title: 'Release web, worker to example-app', pivot: false},
  {id: 'wait', title: 'Wait for v42 to come up', pivot: false},
]

const npmLines = [
  'npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory. Do not use it.',
  'npm warn deprecated glob@7.2.3: Glob versions prior to v9 are no longer supported',
  'added 312 packages, and audited 313 packages in 4s',
  '58 packages are looking for funding',
  '  run `npm fund` for details',
  'found 0 vulnerabilities',
]

const begin: Script = [
  [0, {type: 'run-started', run: '7f3a', command: 'pipeline:ship', app: 'example-app'}],
  [600, {type: 'plan-started', plan: 'build', steps}],
  [10, {type: 'step-started', step: 'build', title: 'Build 2 images'}],
]

const build: Script = [
  ...[
    'FROM node:22-alpine',
    'WORKDIR /app',
    'COPY package*.json ./',
    'RUN npm ci',
    'COPY . .',
    'RUN npm run build',
  ].flatMap((instruction, index): Script => [
    [
      300,
      {
        type: 'step-progress',
        step: 'build',
        item: 'web',
        message: instruction,
        current: index + 1,
        total: 7,
        unit: 'steps',
      },
    ],
    [
      100,
      {
        type: 'step-progress',
        step: 'build',
        item: 'worker',
        message: index < 3 ? `CACHED ${instruction}` : instruction,
        current: Math.min(5, index + 1),
        total: 5,
        unit: 'steps',
      },
    ],
    ...(index === 3
      ? npmLines.map((line): [number, Said] => [150, {type: 'step-log', step: 'build', item: 'web', line}])
      : []),
  ]),
  [200, {type: 'step-progress', step: 'build', item: 'worker', message: 'sha256:9f86d081884c', done: 'ok'}],
  [500, {type: 'step-progress', step: 'build', item: 'web', message: 'sha256:2c26b46b68ff', done: 'ok'}],
  [100, {type: 'step-succeeded', step: 'build', title: 'Build 2 images', ms: 5200, summary: 'web, worker'}],
]

const push: Script = [
  [0, {type: 'step-started', step: 'push', title: 'Push 2 images'}],
  ...Array.from({length: 12}, (_, index): Script => [
    [
      150,
      {
        type: 'step-progress',
        step: 'push',
        item: 'web',
        message: `layer ${Math.floor(index / 3) + 1} of 4`,
        current: index * 4_100_000,
        total: 45_100_000,
        unit: 'bytes',
      },
    ],
    [
      50,
      {
        type: 'step-progress',
        step: 'push',
        item: 'worker',
        message: 'layer 1 of 2',
        current: Math.min(index, 8) * 1_000_000,
        total: 8_000_000,
        unit: 'bytes',
      },
    ],
  ]).flat(),
  [0, {type: 'step-progress', step: 'push', item: 'worker', message: '2 layers, all there already', done: 'ok'}],
  [300, {type: 'step-progress', step: 'push', item: 'web', message: '4 layers, 45.1 MB', done: 'ok'}],
  [0, {type: 'step-succeeded', step: 'push', title: 'Push 2 images', ms: 3100, summary: '45.1 MB'}],
]

const release: Script = [
  [200, {type: 'plan-started', plan: 'release', steps: releaseSteps}],
  [0, {type: 'step-started', step: 'release', title: 'Release web, worker to example-app'}],
  [
    900,
    {type: 'step-succeeded', step: 'release', title: 'Release web, worker to example-app', ms: 900, summary: 'v42'},
  ],
  [0, {type: 'step-started', step: 'wait', title: 'Wait for v42 to come up'}],
  [400, {type: 'step-progress', step: 'wait', message: 'web.1 starting, worker.1 up', current: 1, total: 2}],
]

const crash: Script = [
  [300, {type: 'step-log', step: 'wait', item: 'web.1', line: "Error: Cannot find module 'express'"}],
  [
    100,
    {
      type: 'step-log',
      step: 'wait',
      item: 'web.1',
      line: '    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)',
    },
  ],
  [100, {type: 'step-log', step: 'wait', item: 'web.1', line: 'Process exited with status 1'}],
  [
    300,
    {
      type: 'step-failed',
      step: 'wait',
      title: 'Wait for v42 to come up',
      ms: 1200,
      message: "web.1 crashed (status 1): Cannot find module 'express'",
    },
  ],
  [0, {type: 'warning', message: 'worker.1 ran v42 for 3 s before the rollback'}],
  [0, {type: 'undo-started', step: 'release', title: 'Release web, worker to example-app'}],
  [
    900,
    {
      type: 'undo-succeeded',
      step: 'release',
      title: 'Release web, worker to example-app',
      ms: 900,
      summary: 'example-app runs v41 again as v43',
    },
  ],
]

export const longCommand =
  'heroku ps:scale web=1:standard-1x worker=2:standard-2x scheduler=1:standard-1x mailer=3:standard-1x --app example-app'

export const scenes: Record<Scene, Script> = {
  ship: [
    ...begin,
    ...build,
    ...push,
    ...release,
    [600, {type: 'step-progress', step: 'wait', message: 'web.1 up, worker.1 up', current: 2, total: 2}],
    [
      300,
      {type: 'step-succeeded', step: 'wait', title: 'Wait for v42 to come up', ms: 1300, summary: 'web.1, worker.1'},
    ],
    [0, {type: 'run-ended', outcome: 'done', exitCode: 0, message: 'example-app runs v42.', left: []}],
  ],
  crash: [
    ...begin,
    ...build,
    ...push,
    ...release,
    ...crash,
    [
      0,
      {
        type: 'run-ended',
        outcome: 'held',
        exitCode: 4,
        message: 'example-app runs v41 again. The formation could not be put back.',
        left: [
          {what: 'worker is scaled to 0.', command: longCommand},
          {what: 'Maintenance mode is still on.', command: 'heroku maintenance:off --app example-app'},
        ],
      },
    ],
  ],
  hang: [...begin, ...build.slice(0, 16)],
  leave: [
    ...begin,
    ...build.slice(0, 4),
    [
      0,
      {
        type: 'run-ended',
        outcome: 'held',
        exitCode: 4,
        message: 'Left before everything was undone.',
        left: [{what: 'worker is scaled to 0.', command: 'heroku ps:scale worker=2 --app example-app'}],
      },
    ],
  ],
  throw: [...begin, ...build.slice(0, 8)],
  wide: [
    ...begin,
    ...[
      '構築中です、しばらくお待ちください。'.repeat(6),
      `${'👩‍👩‍👧‍👦🏳️‍🌈👍🏽⚠️'.repeat(14)} done`,
      `${'é̂'.repeat(120)}`,
      `${'🇩🇪🇫🇷'.repeat(40)}`,
    ].flatMap((line): Script => [
      [200, {type: 'step-log', step: 'build', item: 'web', line}],
      [200, {type: 'step-progress', step: 'build', item: 'ウェブ', message: line, current: 1, total: 3, unit: 'steps'}],
    ]),
    [1500, {type: 'step-succeeded', step: 'build', title: 'Build 2 images', ms: 5200, summary: 'web, worker'}],
    [0, {type: 'run-ended', outcome: 'done', exitCode: 0, message: 'example-app runs v42.', left: []}],
  ],
}
