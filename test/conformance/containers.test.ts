import type {LocalHeroku} from '../platform/index.js'
import {judge} from './judge.js'

const images = (heroku: LocalHeroku) => Object.keys(heroku.world('example-app').images).sort().join(',')

/** The stock CLI's own way to ship images, with Debian's docker; it needs the local Heroku as a host of its own. */
judge(
  'containers',
  ['heroku-cli', 'docker', 'stock-docker', 'root'],
  [
    {command: 'heroku container:login', noApp: true, exit: 0, sees: ['Login Succeeded']},
    {command: 'heroku container:push web', exit: 1, when: 'there is no Dockerfile', sees: ['Error: No images to push']},
    {
      command: 'heroku container:push --recursive',
      exit: 0,
      sees: [
        '=== Building web (…',
        '=== Pushing worker (…',
        'latest: digest: sha256:DIGEST…',
        "Your images have been successfully pushed. You can now release them with the 'container:release' command.",
      ],
    },
    {
      command: 'heroku container:release web worker',
      exit: 0,
      sees: ['Releasing images web,worker to example-app... done'],
      after: ['they are released', (heroku) => images(heroku) === 'web,worker'],
    },
    {
      command: 'heroku container:release web worker',
      exit: 0,
      when: 'again',
      sees: [
        'Releasing images web,worker to example-app... done',
        'Warning: The process type web was not updated, because it is already running the specified docker image.…',
      ],
    },
    {
      command: 'heroku container:release clock',
      exit: 1,
      sees: ['Error: HTTP Error 404 for GET', "message: 'manifest unknown',"],
    },
    {
      command: 'heroku container:pull web',
      exit: 0,
      sees: [
        '=== Pulling web as registry.heroku.localhost/example-app/web',
        'Status: Image is up to date for registry.heroku.localhost/example-app/web:latest',
      ],
    },
    {
      command: 'heroku container:rm worker',
      exit: 0,
      sees: ['Removing container worker for example-app... done'],
      after: ['worker is gone', (heroku) => images(heroku) === 'web'],
    },
    {
      command: 'heroku container:logout',
      noApp: true,
      exit: 0,
      sees: ['Removing login credentials for registry.heroku.localhost'],
    },
    {
      command: 'docker rmi REGISTRY/example-app/web REGISTRY/example-app/worker',
      exit: 0,
      sees: ['Untagged: registry.heroku.localhost/example-app/worker:latest'],
    },
  ],
  {front: true},
)
