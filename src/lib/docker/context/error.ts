/** The build context can't be sent; the message names the file or the pattern, and what to do. */
export class ContextError extends Error {
  override name = 'ContextError'
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? ''

export const isGone = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error))

export const isDenied = (error: unknown) => ['EACCES', 'EPERM'].includes(codeOf(error))

/** The file system's reason in plain words. */
export function reasonOf(error: unknown): string {
  if (isDenied(error)) return 'permission denied; make it readable, or list it in .dockerignore'
  if (isGone(error)) return 'it is not there any more'
  return codeOf(error) || (error as Error).message
}
