import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {buffer, text} from 'node:stream/consumers'

/** Runs a docker client against the test's engine (`needs` says which) and resolves with what it printed. */
export async function dockerCli(
  argv: string[],
  options: {
    /** Path of the client. */
    client?: string
    /** A folder of its own for its logins. */
    config: string
    /** DOCKER_HOST of another engine. */
    host?: string | undefined
    input?: Buffer | string
  },
): Promise<Buffer> {
  const host = options.host ?? process.env.REAL_DOCKER_HOST
  const env = {...process.env, DOCKER_CONFIG: options.config, ...(host ? {DOCKER_HOST: host} : {})}
  const child = spawn(options.client ?? 'docker', argv, {env, timeout: 50_000})
  child.stdin.end(options.input ?? '')
  const [out, err, [status]] = await Promise.all([buffer(child.stdout), text(child.stderr), once(child, 'close')])
  if (status !== 0) throw new Error(`docker ${argv[0]} ended with ${status}: ${err}${out.toString()}`)
  return out
}

/**
 * Forgets all images of these repositories, also those whose tag has moved on; the same image under another name stays.
 * @param repositories as docker's filter takes it: `registry.heroku.localhost/example-app/*`
 */
export async function removeImagesOf(repositories: string, options: Parameters<typeof dockerCli>[1]): Promise<void> {
  const format = '{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}'
  const listed = await dockerCli(
    ['images', '--digests', '--filter', `reference=${repositories}`, '--format', format],
    options,
  )
  const names = listed
    .toString()
    .split(/\s+/)
    .filter((name) => name !== '' && !name.includes('<none>'))
  if (names.length > 0) await dockerCli(['rmi', '--force', ...new Set(names)], options)
}
