import type {IncomingMessage, ServerResponse} from 'node:http'

/** Error codes as docker/distribution words and numbers them; Heroku's 405 has no detail (platform-facts §1.2). */
const ERRORS = {
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  MANIFEST_BLOB_UNKNOWN: [400, 'blob unknown to registry'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown'],
  RANGE_INVALID: [416, 'invalid content range'],
  UNAUTHORIZED: [401, 'authentication required'],
  UNSUPPORTED: [405, 'The operation is unsupported.'],
} as const

export type ErrorCode = keyof typeof ERRORS

/** Where the client sees us: behind TLS its connection is a TLS socket. */
export const originOf = ({headers, socket}: IncomingMessage): string =>
  `${'encrypted' in socket ? 'https' : 'http'}://${headers.host}`

export function reply(
  res: ServerResponse,
  status: number,
  headers: Record<string, number | string> = {},
  body: Buffer | string = '',
): void {
  res.writeHead(status, {
    'docker-distribution-api-version': 'registry/2.0',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  res.end(body)
}

export function refuse(res: ServerResponse, code: ErrorCode, detail?: object, ofEach: object[] = []): void {
  const [status, message] = ERRORS[code]
  const details = ofEach.length > 0 ? ofEach : [detail]
  const errors = details.map((each) => ({code, message, ...(each ? {detail: each} : {})}))
  const challenge = code === 'UNAUTHORIZED' ? {'www-authenticate': 'Basic realm="Heroku Container Registry"'} : {}
  reply(res, status, {'content-type': 'application/json; charset=utf-8', ...challenge}, JSON.stringify({errors}) + '\n')
}
