import {judge} from './judge.js'

const toRegistry = 'skopeo --insecure-policy copy --dest-tls-verify=false'

/** The registry, judged by docker and skopeo; more of it in test/platform/registry/. */
judge(
  'images',
  ['docker', 'skopeo'],
  [
    {
      command: 'docker login --username _ --password-stdin REGISTRY',
      exit: 1,
      when: 'a wrong password',
      input: () => 'wrong',
      sees: ['…login attempt to http://localhost:PORT/v2/ failed with status: 401 Unauthorized'],
    },
    {
      command: 'docker login --username _ --password-stdin REGISTRY',
      exit: 0,
      input: (heroku) => heroku.apiKey,
      sees: ['Login Succeeded'],
    },
    {
      command: `docker import --change 'CMD ["/bin/true"]' LAYER REGISTRY/example-app/web`,
      exit: 0,
      sees: ['sha256:DIGEST'],
    },
    {command: 'docker push REGISTRY/example-app/web', exit: 0, sees: ['…: Pushed', 'latest: digest: sha256:DIGEST…']},
    {command: 'docker tag REGISTRY/example-app/web REGISTRY/example-app/worker', exit: 0, sees: []},
    {
      command: 'docker push REGISTRY/example-app/worker',
      exit: 0,
      sees: ['…: Mounted from example-app/web', 'latest: digest: sha256:DIGEST…'],
    },
    {command: 'docker tag REGISTRY/example-app/web REGISTRY/nowhere/web', exit: 0, sees: []},
    {command: 'docker push REGISTRY/nowhere/web', exit: 1, sees: ['unauthorized: authentication required']},
    {
      command: 'docker rmi REGISTRY/nowhere/web REGISTRY/example-app/worker REGISTRY/example-app/web',
      exit: 0,
      sees: ['Untagged: localhost:PORT/example-app/web:latest'],
    },
    {
      command: 'docker pull REGISTRY/example-app/web',
      exit: 0,
      sees: ['Status: Downloaded newer image for localhost:PORT/example-app/web:latest'],
    },
    {
      command: `docker image inspect --format '{{json .Config.Cmd}}' REGISTRY/example-app/web`,
      exit: 0,
      sees: ['["/bin/true"]'],
    },
    {command: 'docker rmi REGISTRY/example-app/web', exit: 0, sees: ['Deleted: sha256:DIGEST']},
    {command: 'docker pull REGISTRY/example-app/none', exit: 1, sees: ['…manifest unknown']},
    {
      command: 'docker pull REGISTRY/under_score/web',
      exit: 1,
      sees: ['…error parsing HTTP 400 response body: unexpected end of JSON input…'],
    },
    {
      command: 'skopeo inspect --no-tags --tls-verify=false docker://REGISTRY/example-app/web',
      exit: 0,
      sees: ['"Name": "localhost:PORT/example-app/web",', '"Digest": "sha256:DIGEST",'],
    },
    {
      command: 'skopeo --insecure-policy copy --src-tls-verify=false docker://REGISTRY/example-app/web dir:FOLDER/web',
      exit: 0,
      sees: ['Writing manifest to image destination'],
    },
    {
      command: `${toRegistry} --format v2s2 oci-archive:IMAGE docker://REGISTRY/example-app/clock`,
      exit: 0,
      sees: ['Writing manifest to image destination'],
    },
    {
      command: `${toRegistry} --format oci oci-archive:IMAGE docker://REGISTRY/example-app/clock`,
      exit: 1,
      sees: ['…uploading manifest latest to localhost:PORT/example-app/clock: unsupported"'],
    },
    {command: 'docker logout REGISTRY', exit: 0, sees: ['Removing login credentials for localhost:PORT']},
    {
      command: 'skopeo inspect --no-tags --tls-verify=false docker://REGISTRY/example-app/web',
      exit: 1,
      when: 'logged out',
      sees: ['…unauthorized: authentication required"'],
    },
  ],
)
