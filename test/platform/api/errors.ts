/** An answer of the Platform API that says no (platform-facts §9.4). */
export class ApiError extends Error {
  readonly status: number
  readonly id: string
  readonly more: Record<string, unknown>

  constructor(status: number, id: string, message: string, more: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.id = id
    this.more = more
  }

  get body(): Record<string, unknown> {
    return {id: this.id, message: this.message, ...this.more}
  }
}

/** 404 in the words of the platform: "Couldn't find that app." */
export const notFound = (resource: string, message = `Couldn't find that ${resource}.`): ApiError =>
  new ApiError(404, 'not_found', message, {resource})

export const invalidParams = (message: string): ApiError => new ApiError(422, 'invalid_params', message)
