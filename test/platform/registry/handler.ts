import type {IncomingMessage, ServerResponse} from 'node:http'
import {readBlob, type Call} from './blobs.js'
import type {ImageStore} from './image-store.js'
import {putManifest, readManifest} from './manifests.js'
import {refuse, reply} from './replies.js'
import {changeUpload, startUpload} from './uploads.js'

export type RegistryOptions = {
  /** The password is the user's token, the user's name means nothing (platform-facts §1.1). `app` is undefined for `/v2/`. */
  authorize(password: string, app: string | undefined): 'no-app' | 'ok' | 'unauthorized'
  /** false: a cross-repository mount is answered with an ordinary upload, 202 (platform-facts §1.4 knows neither). */
  mounts?: boolean
  /** The app's name when the repository gives its UUID. */
  nameOf?(app: string): string | undefined
}

const APP = /^(?:[a-z][a-z0-9-]{1,28}[a-z0-9]|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
const TYPE = /^[-\w]{1,128}$/

/** Serves `/v2/…`: the Distribution API as registry.heroku.com is known to behave (platform-facts §1.1-1.5). */
export function registryHandler(
  store: ImageStore,
  options: RegistryOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    try {
      await answer(store, options, req, res)
    } catch (error) {
      // The client went away in the middle of its upload: nobody is there to be told.
      if (res.headersSent || req.destroyed || res.destroyed) res.destroy()
      else reply(res, 500, {'content-type': 'text/plain'}, `Internal Server Error: ${(error as Error).message}\n`)
    } finally {
      if (!req.readableEnded) req.resume()
    }
  }
}

async function answer(
  store: ImageStore,
  options: RegistryOptions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://registry')
  const password = passwordOf(req.headers.authorization)
  const may = (app: string | undefined) => password !== undefined && options.authorize(password, app) === 'ok'
  if (password === undefined) return refuse(res, 'UNAUTHORIZED')
  if (url.pathname === '/v2/' || url.pathname === '/v2')
    return may(undefined)
      ? reply(res, 200, {'content-type': 'application/json; charset=utf-8'}, '{}')
      : refuse(res, 'UNAUTHORIZED')

  const [, name = '', kind = '', rest = ''] = /^\/v2\/(.+?)\/(manifests|blobs|tags)\/(.*)$/.exec(url.pathname) ?? []
  if (kind === '') return reply(res, 404, {'content-type': 'text/plain; charset=utf-8'}, '404 page not found\n')
  // Names Heroku cannot have answer 400 without a body (platform-facts §1.2).
  if (!isName(name)) return reply(res, 400)
  const repositoryOf = (wanted: string) => {
    const [app = '', type = ''] = wanted.split('/')
    const known = options.nameOf?.(app) ?? app
    return isName(wanted) && may(known) ? `${known}/${type}` : undefined
  }
  const repository = repositoryOf(name)
  // With a detail, and only with one, docker shows "unauthorized: authentication required" and does not try again.
  if (repository === undefined) return refuse(res, 'UNAUTHORIZED', {Type: 'repository', Name: name, Action: 'pull'})

  const call: Call = {store, req, res, url, repository, name, repositoryOf}
  const method = req.method ?? 'GET'
  const reads = method === 'GET' || method === 'HEAD'
  if (kind === 'tags' && rest === 'list' && reads) {
    const tags = store.latest(call.repository) ? ['latest'] : []
    return reply(res, 200, {'content-type': 'application/json'}, JSON.stringify({name, tags}))
  }
  if (kind === 'manifests' && reads) return readManifest(call, rest)
  if (kind === 'manifests' && method === 'PUT') return putManifest(call, rest)
  if (kind === 'blobs' && rest.startsWith('uploads')) {
    const id = rest.slice('uploads/'.length)
    if (id === '' && method === 'POST') return startUpload(call, options.mounts ?? true)
    if (id !== '') return changeUpload(call, id)
  }
  if (kind === 'blobs' && reads) return readBlob(call, rest)
  return refuse(res, 'UNSUPPORTED')
}

function isName(name: string): boolean {
  const [app = '', type = '', ...more] = name.split('/')
  return APP.test(app) && TYPE.test(type) && more.length === 0
}

function passwordOf(header: string | undefined): string | undefined {
  const [, encoded] = /^basic\s+(\S+)$/i.exec(header ?? '') ?? []
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1)
}
