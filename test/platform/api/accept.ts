import {ApiError} from './errors.js'

/** The variants of version 3 that change an answer (platform-facts §9.1). */
export type Variant = '3' | '3.docker-releases' | '3.sdk'

/** @throws ApiError 406 without `version=3`; an unknown variant is plain version 3. */
export function variantOf(accept: string | undefined): Variant {
  const version = /application\/vnd\.heroku\+json\s*;\s*version=(3[\w.-]*)/.exec(accept ?? '')?.[1]
  if (!version) throw new ApiError(406, 'not_acceptable', 'Specify version 3 in the Accept header.')
  return version === '3.sdk' || version === '3.docker-releases' ? version : '3'
}
