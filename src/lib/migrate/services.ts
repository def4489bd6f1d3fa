import type {DataApi} from '../heroku/data-types.js'
import type {Platform} from '../heroku/types.js'

/** What the steps of a maintenance window work with. */
export type WindowServices = {
  platform: Platform
  data: DataApi
}
