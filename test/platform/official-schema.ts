import {readFileSync} from 'node:fs'
import path from 'node:path'
import {Ajv, type ValidateFunction} from 'ajv'
import addFormats from 'ajv-formats'
import {knownDifferences} from './known-differences.js'
import type {Answer} from './recording.js'

type Schema = {[key: string]: unknown}
type Link = {method: string; href: string; rel: string; targetSchema?: Schema}
type Hyper = {definitions: Record<string, Schema & {links?: Link[]}>; id?: string}
type Endpoint = {method: string; link: string; path: RegExp; validate: ValidateFunction}

/** How answers compare with the schemas: what is wrong, and by which links they were asked for. */
export type Verdict = {problems: string[]; links: Set<string>}

/**
 * What of these answers is not as the official hyper-schemas describe it: each successful one against the target schema of
 * its own link in the variant that was asked for. `strictProperties` is taken at its word: every property there, none besides.
 * An answer that says no has an id and a message (platform-facts §9.4).
 */
export function compareWithSchemas(folder: string, answers: Answer[]): Verdict {
  const plain = endpointsOf(path.join(folder, 'platform-schema-3.json'))
  const sdk = endpointsOf(path.join(folder, 'platform-schema-3sdk.json'))
  const links = new Set<string>()
  const problems = answers.flatMap((answer) => {
    const name = `${answer.method} ${answer.path} ${answer.status} (${answer.accept})`
    if (answer.status >= 400) return saysNo(answer.body) ? [] : [`${name}: no id and message`]
    const endpoint = (answer.accept.includes('3.sdk') ? sdk : plain).find(
      (one) => one.method === answer.method && one.path.test(answer.path),
    )
    if (!endpoint) return [`${name}: not in the schema`]
    links.add(endpoint.link)
    const {body} = knownDifferences.reduce((given, {forgive}) => forgive(given), answer)
    if (endpoint.validate(body)) return []
    return (endpoint.validate.errors ?? []).map((error) => `${name}: ${error.instancePath} ${error.message ?? ''}`)
  })
  return {problems, links}
}

function saysNo(body: unknown): boolean {
  const {id, message} = (body ?? {}) as Schema
  return typeof id === 'string' && typeof message === 'string' && message !== ''
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
        return {
          method,
          link: `${method} ${href}`,
          validate,
          path: new RegExp(`^${href.replaceAll(/\{[^}]*\}/g, '[^/]+')}$`),
        }
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
