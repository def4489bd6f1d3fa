import type {Route} from '../api/route.js'
import {accountRoutes} from './account.js'
import {addonRoutes} from './addons.js'
import {appRoutes} from './apps.js'
import {attachmentRoutes} from './attachments.js'
import {collaboratorRoutes} from './collaborators.js'
import {configVarRoutes} from './config-vars.js'
import {domainRoutes} from './domains.js'
import {dynoSizeRoutes} from './dyno-sizes.js'
import {dynoRoutes} from './dynos.js'
import {featureRoutes} from './features.js'
import {formationRoutes} from './formation.js'
import {logSessionRoutes} from './log-sessions.js'
import {releaseRoutes} from './releases.js'
import {stackRoutes} from './stacks.js'

export const allRoutes: Route[] = [
  accountRoutes,
  addonRoutes,
  appRoutes,
  attachmentRoutes,
  collaboratorRoutes,
  configVarRoutes,
  domainRoutes,
  dynoSizeRoutes,
  dynoRoutes,
  featureRoutes,
  formationRoutes,
  logSessionRoutes,
  releaseRoutes,
  stackRoutes,
].flat()
