import type {Answer, Question} from './client.js'
import type {Refusal} from './errors.js'

type Said = {errors?: Array<{code?: unknown; message?: unknown}>}

/** What a registry meant by an answer we did not expect. */
export function refusalOf(question: Question, host: string, answer: Answer, password: string): Refusal {
  const errors = errorsIn(answer.body)
  const words = errors.map(({code, message}) => [code, message].filter((part) => typeof part === 'string').join(': '))
  const said = words.length > 0 ? [...new Set(words)].join('; ') : `HTTP ${answer.status}`
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN)
  return {
    operation: question.operation,
    repository: question.repository,
    host,
    status: answer.status,
    codes: errors.flatMap(({code}) => (typeof code === 'string' ? [code] : [])),
    // A registry that repeats what it was given must not make us repeat it.
    said: `says ${said}`
      .replaceAll(password || '\0', '[token]')
      .replaceAll(/\s+/g, ' ')
      .slice(0, 500),
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
  }
}

/** A request that got no answer. Of the error only its code is told, or its words: others hold URLs with passwords. */
export function unansweredOf({operation, repository}: Question, host: string, error: unknown): Refusal {
  const {code, message} = rootOf(error)
  const said = `does not answer (${code ?? message})`
  return {operation, repository, host, said}
}

function rootOf(error: unknown): {code?: string; message: string} {
  const own = error instanceof Error ? (error as Error & {code?: string; errors?: unknown[]}) : new Error(String(error))
  const below = own.cause ?? (own as {errors?: unknown[]}).errors?.[0]
  return below instanceof Error ? rootOf(below) : own
}

function errorsIn(body: Buffer): NonNullable<Said['errors']> {
  try {
    const {errors} = JSON.parse(body.toString()) as Said
    return Array.isArray(errors) ? errors.filter((error) => typeof error === 'object' && error !== null) : []
  } catch {
    return []
  }
}
