import type {DynoSize} from '@heroku-cli/schema'
import type {Variant} from '../api/accept.js'
import {notFound} from '../api/errors.js'
import {route} from '../api/route.js'
import {dynoSizes} from '../formation/sizes.js'
import {idOf} from '../state/ids.js'
import {appOf} from './find.js'

export const dynoSizeRoutes = [
  route('GET', '/dyno-sizes', ({variant}) => ({list: all(variant), fields: ['name', 'id']})),
  route('GET', '/dyno-sizes/:size', ({params, variant}) => {
    const wish = params.size ?? ''
    const body = all(variant).find(({id, name}) => id === wish || name?.toLowerCase() === wish.toLowerCase())
    if (!body) throw notFound('dyno size')
    return {body}
  }),
  route('GET', '/apps/:app/available-dyno-sizes', (ask) => {
    appOf(ask)
    return {list: all(ask.variant).filter((size) => !size.private_space_only), fields: ['name', 'id']}
  }),
]

/** Memory in GB: 0.5 is 512 MiB (platform-facts §8.6). */
function all(variant: Variant): DynoSize[] {
  return dynoSizes.map(([name, memory, compute, cents, dedicated, privateOnly]) => ({
    compute,
    cost: {cents, unit: 'month'},
    dedicated,
    id: idOf('dyno-size', name),
    memory,
    name,
    private_space_only: privateOnly,
    ...(variant === '3.sdk'
      ? {
          architecture: 'amd64',
          generation: {id: idOf('generation', 'cedar'), name: 'cedar'},
          precise_dyno_units: 0,
        }
      : {dyno_units: 0}),
  }))
}
