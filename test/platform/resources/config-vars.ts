import {invalidParams} from '../api/errors.js'
import {route} from '../api/route.js'
import {createRelease} from '../releases/engine.js'
import {appOf} from './find.js'

export const configVarRoutes = [
  route('GET', '/apps/:app/config-vars', (ask) => ({body: {...appOf(ask).configVars}})),
  // Null deletes. A change is a release, values as they were are none.
  route('PATCH', '/apps/:app/config-vars', (ask) => {
    const app = appOf(ask)
    const wishes = Object.entries(ask.body)
    for (const [name, value] of wishes) {
      if (!/^\w+$/.test(name)) throw invalidParams(`Config var name ${name} is invalid.`)
      if (value !== null && typeof value !== 'string') throw invalidParams(`Config var ${name} must be a string.`)
    }

    const changed = wishes.filter(([name, value]) => (app.configVars[name] ?? null) !== value)
    for (const [name, value] of changed) {
      if (value === null) delete app.configVars[name]
      else app.configVars[name] = String(value)
    }

    if (changed.length > 0) {
      const removed = changed.every(([, value]) => value === null)
      const description = `${removed ? 'Remove' : 'Set'} ${changed.map(([name]) => name).join(', ')} config vars`
      createRelease(ask.platform, app, {description, says: description})
    }

    return {body: {...app.configVars}}
  }),
]
