import {fieldsOf, maybeText, textAt} from './record.js'
import type {Account, App} from './types.js'

export function parseAccount(json: unknown): Account {
  return {email: textAt(fieldsOf(json, 'account'), 'email', 'account')}
}

/** `generation` is an object or a plain text (platform-facts §9.1); a team's app is owned by the team, not by its service user. */
export function parseApp(json: unknown): App {
  const app = fieldsOf(json, 'app')
  const stack = maybeText(app, 'stack', 'name') ?? ''
  const generation = maybeText(app, 'generation', 'name') ?? maybeText(app, 'generation')
  const webUrl = maybeText(app, 'web_url')
  return {
    id: textAt(app, 'id', 'app'),
    name: textAt(app, 'name', 'app'),
    owner: maybeText(app, 'team', 'name') ?? maybeText(app, 'owner', 'email') ?? '',
    ...(generation ? {generation} : {}),
    stack,
    buildStack: maybeText(app, 'build_stack', 'name') ?? stack,
    maintenance: app.maintenance === true,
    ...(webUrl ? {webUrl} : {}),
  }
}
