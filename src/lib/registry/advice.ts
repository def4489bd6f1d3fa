import type {Refusal} from './errors.js'

/** What to do about each way the registry refuses: platform-facts §1.2. One or two sentences. */
export function adviceFor({codes = [], repository, status}: Refusal): string {
  const app = repository.split('/')[0] ?? repository
  if (status === 401 || status === 403 || codes.includes('UNAUTHORIZED') || codes.includes('DENIED'))
    return `There is no app ${app}, you have no access to it, or your token has expired: see \`heroku apps:info --app ${app}\` and \`heroku whoami\`.`
  if (status === 405 || codes.includes('UNSUPPORTED'))
    return 'Heroku takes Docker schema 2 images only, no OCI ones, no indexes and no attestations: build with `docker buildx build --platform linux/amd64 --provenance=false --sbom=false --output type=image,oci-mediatypes=false`.'
  if (codes.includes('MANIFEST_UNKNOWN') || codes.includes('NAME_UNKNOWN'))
    return `No image has been pushed to ${repository} yet: push one first.`
  if (status === 400 && codes.length === 0)
    return `${repository} is no name Heroku knows: it is <app>/<process type>, an app's name has lower-case letters, digits and dashes only.`
  if (status === 429) return 'Too many requests were made: try again in some minutes.'
  if (status === undefined)
    return 'Check the network, and HTTPS_PROXY and HEROKU_REGISTRY_HOST when they are set; nothing was released.'
  if (status >= 500) return 'The registry is in trouble: try again later, see https://status.heroku.com.'
  return `Push ${repository} again.`
}
