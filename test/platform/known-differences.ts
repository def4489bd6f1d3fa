import type {Answer} from './recording.js'

type Schema = {[key: string]: unknown}

/** Where the local Heroku, or Heroku itself, is known to differ from the published schemas. Nothing else may. */
export const knownDifferences: Array<{what: string; source: string; forgive(answer: Answer): Answer}> = [
  {
    what: 'the docker-releases variant has `docker_image` beside the properties of version 3',
    source: 'platform-facts §1.6; no schema of that variant is published',
    forgive: (answer) =>
      answer.accept.includes('docker-releases')
        ? {...answer, body: each(answer.body, ({docker_image: _image, ...rest}) => rest)}
        : answer,
  },
  {
    what: 'an app has its `web_url` on loopback, not below herokuapp.com',
    source: 'ours: nothing of the test run may leave the machine',
    forgive: (answer) => ({...answer, body: each(answer.body, loopbackAsHeroku)}),
  },
  {
    what: 'what Accept-Expansion and Accept-Inclusion ask for is beside what the schema has',
    source:
      "the stock CLI's code reads addon_service.human_name, plan.price, addon.plan and config_vars (platform-facts §6.2)",
    forgive: (answer) => (answer.extended ? {...answer, body: each(answer.body, withoutExtensions)} : answer),
  },
  {
    what: "a domain's `hostname` is a host name, though the schema says that it is a URI",
    source: "the schema's own example, subdomain.example.com",
    forgive: (answer) => ({
      ...answer,
      body: each(answer.body, (one) =>
        'acm_status' in one ? {...one, hostname: `https://${String(one.hostname)}`} : one,
      ),
    }),
  },
]

function loopbackAsHeroku(body: Schema): Schema {
  const loopback = /^http:\/\/127\.0\.0\.1:\d+\/$/.test(String(body.web_url))
  return loopback ? {...body, web_url: 'https://example.herokuapp.com/'} : body
}

/** Of an add-on or an attachment: what grew is cut back to what the schema has. */
function withoutExtensions(body: Schema): Schema {
  const isAttachment = 'namespace' in body
  const names = isAttachment ? {addon: 'plan'} : {plan: 'price', addon_service: 'human_name'}
  const shorter = isAttachment ? omit(body, 'config_vars') : body
  const cut = Object.entries(names).filter(([name]) => isObject(body[name]))
  return {...shorter, ...Object.fromEntries(cut.map(([name, beside]) => [name, omit(body[name] as Schema, beside)]))}
}

const omit = (from: Schema, name: string): Schema =>
  Object.fromEntries(Object.entries(from).filter(([key]) => key !== name))

const isObject = (body: unknown): body is Schema => typeof body === 'object' && body !== null && !Array.isArray(body)

function each(body: unknown, change: (one: Schema) => Schema): unknown {
  if (Array.isArray(body)) return body.map((one: unknown) => (isObject(one) ? change(one) : one))
  return isObject(body) ? change(body) : body
}
