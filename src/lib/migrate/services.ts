import type {DataApi} from '../heroku/data-types.js'
import type {Platform} from '../heroku/types.js'

import type {HealthServices} from './health-baseline.js'

/** What the steps of a maintenance window work with. */
export type WindowServices = HealthServices & {
  platform: Platform
  data: DataApi
}
