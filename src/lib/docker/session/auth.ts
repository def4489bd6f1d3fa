import {unary, type Method} from './grpc.js'
import {credentialsRequest, credentialsResponse} from './messages.js'

/** A registry login; with a token instead of a password there is no user name. */
export type Credentials = {username?: string; secret: string}

/** Lets the engine log in where a base image lies; a host without credentials is asked as anyone. */
export function auth(credentialsFor: (host: string) => Promise<Credentials | undefined>): Method {
  return unary(
    '/moby.filesync.v1.Auth/Credentials',
    {request: credentialsRequest, response: credentialsResponse},
    async ({Host}) => {
      const found = await credentialsFor(Host)
      return found ? {Username: found.username ?? '', Secret: found.secret} : {}
    },
  )
}
