import {readFileSync} from 'node:fs'
import path from 'node:path'
import {Ajv, type ValidateFunction} from 'ajv'
import addFormats from 'ajv-formats'
import type {AskedRequest} from './index.js'

type Schema = {[key: string]: unknown}
type Link = {method: string; href: string; rel: string; targetSchema?: Schema}
type Hyper = {definitions: Record<string, Schema & {links?: Link[]}>; id?: string}
type Endpoint = {method: string; path: RegExp; validate: ValidateFunction}

/**
 * What of these answers is not as the official hyper-schemas describe it: each successful one against the target schema of
 * its own link. `strictProperties` is taken at its word: every property there, none besides.
 */
export function unlikeTheSchemas(folder: string, requests: AskedRequest[]): string[] {
  const plain = endpointsOf(path.join(folder, 'platform-schema-3.json'))
  const sdk = endpointsOf(path.join(folder, 'platform-schema-3sdk.json'))
  return requests
    .filter((asked) => asked.status >= 200 && asked.status < 300 && asked.body !== undefined && !asked.extended)
    .flatMap((asked) => {
      const pathname = asked.path.split('?')[0] ?? ''
      const endpoint = (asked.accept.includes('3.sdk') ? sdk : plain).find(
        (one) => one.method === asked.method && one.path.test(pathname),
      )
      const name = `${asked.method} ${pathname} (${asked.accept})`
      if (!endpoint) return [`${name}: not in the schema`]
      if (endpoint.validate(withoutImages(asked))) return []
      return (endpoint.validate.errors ?? []).map((error) => `${name}: ${error.instancePath} ${error.message ?? ''}`)
    })
}

/** The docker-releases variant is version 3 with `docker_image` beside (platform-facts §1.6); no schema of it is public. */
function withoutImages({accept, body}: AskedRequest): unknown {
  if (!accept.includes('docker-releases')) return body
  const strip = ({docker_image: _image, ...rest}: Schema) => rest
  return Array.isArray(body) ? (body as Schema[]).map(strip) : strip(body as Schema)
}

const known = new Map<string, Endpoint[]>()

function endpointsOf(file: string): Endpoint[] {
  const read = known.get(file) ?? readEndpoints(file)
  known.set(file, read)
  return read
}

function readEndpoints(file: string): Endpoint[] {
  const hyper = JSON.parse(readFileSync(file, 'utf8')) as Hyper
  delete hyper.id
  takeAtItsWord(hyper)
  // A loopback address is not below herokuapp.com.
  delete (hyper.definitions.app as {definitions: Record<string, Schema>}).definitions.web_url?.pattern
  const ajv = new Ajv({strict: false, validateSchema: false, allErrors: true})
  addFormats.default(ajv)
  ajv.addSchema(hyper, 'heroku')
  return Object.values(hyper.definitions).flatMap(({links = []}) =>
    links
      .filter((link) => link.targetSchema)
      .map(({method, href, targetSchema}) => {
        const absolute = JSON.parse(JSON.stringify(targetSchema).replaceAll('"#/', '"heroku#/')) as Schema
        let compiled: ValidateFunction | undefined
        const validate = ((data: unknown) => {
          compiled ??= ajv.compile(absolute)
          const fits = compiled(data)
          validate.errors = compiled.errors ?? null
          return fits
        }) as ValidateFunction
        return {method, path: new RegExp(`^${href.replaceAll(/\{[^}]*\}/g, '[^/]+')}$`), validate}
      }),
  )
}

/** `strictProperties` of the interagent hyper-schema: all properties are required, and there are no others. */
function takeAtItsWord(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return
  const {properties, strictProperties} = schema as {properties?: Schema; strictProperties?: boolean}
  if (strictProperties === true && properties) {
    Object.assign(schema, {required: Object.keys(properties), additionalProperties: false})
  }

  for (const child of Object.values(schema)) takeAtItsWord(child)
}
