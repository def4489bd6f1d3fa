import type {Region, Stack} from '@heroku-cli/schema'
import {notFound} from '../api/errors.js'
import {route} from '../api/route.js'
import {idOf} from '../state/ids.js'

/** The stack of a new app unless it asks for one. */
export const defaultStack = 'heroku-24'
export const stacks = ['container', 'heroku-22', defaultStack, 'cnb']

const introduced = '2024-01-01T12:00:00Z'
const dates = {created_at: introduced, updated_at: introduced}

/** Of the Common Runtime only: there are no Private Spaces here. */
const regions: Region[] = [
  {name: 'eu', description: 'Europe', country: 'Ireland', locale: 'Dublin', region: 'eu-west-1'},
  {name: 'us', description: 'United States', country: 'United States', locale: 'Virginia', region: 'us-east-1'},
].map(({country, description, locale, name, region}) => ({
  ...dates,
  country,
  description,
  id: idOf('region', name),
  locale,
  name,
  private_capable: false,
  provider: {name: 'amazon-web-services', region: region as 'us-east-1'},
}))

export const regionNames = regions.map(({name}) => name)

export const stackRoutes = [
  route('GET', '/stacks', () => ({list: stacks.map((name) => presentStack(name))})),
  route('GET', '/stacks/:stack', ({params}) => {
    const name = stacks.find((one) => one === params.stack || idOf('stack', one) === params.stack)
    if (!name) throw notFound('stack')
    return {body: presentStack(name)}
  }),
  route('GET', '/regions', () => ({list: regions})),
]

const presentStack = (name: string): Stack => ({
  ...dates,
  default: name === defaultStack,
  id: idOf('stack', name),
  name,
  state: 'public',
})
