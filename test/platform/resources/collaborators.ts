import type {Collaborator} from '@heroku-cli/schema'
import {notFound} from '../api/errors.js'
import {route} from '../api/route.js'
import {idOf} from '../state/ids.js'
import {appOf, appRef} from './find.js'

export const collaboratorRoutes = [
  route('GET', '/apps/:app/collaborators', (ask) => {
    const app = appOf(ask)
    const {account} = ask.platform.state
    const owner: Collaborator = {
      app: appRef(app),
      created_at: app.createdAt,
      id: idOf('collaborator', `${app.id}:${account.id}`),
      permissions: [],
      role: 'owner' as never,
      updated_at: app.createdAt,
      user: {email: account.email, federated: false, id: account.id},
    }
    return {list: [owner], fields: ['id']}
  }),
  route('GET', '/apps/:app/pipeline-couplings', (ask) => {
    appOf(ask)
    throw notFound('pipeline coupling')
  }),
]
