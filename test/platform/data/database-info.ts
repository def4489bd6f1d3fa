import {idOf} from '../state/ids.js'
import type {AddonState} from '../state/types.js'
import {planOf, readFigures, resourceUrl} from './database.js'

type Item = {name: string; values: string[]; resolve_db_name?: true}

const gigabyte = 1024 ** 3
const limits: Record<string, {connections: number; bytes: number; rollbackDays: number}> = {
  'essential-0': {connections: 20, bytes: gigabyte, rollbackDays: 0},
  'essential-1': {connections: 20, bytes: 10 * gigabyte, rollbackDays: 0},
  'standard-0': {connections: 120, bytes: 64 * gigabyte, rollbackDays: 4},
  'premium-0': {connections: 120, bytes: 64 * gigabyte, rollbackDays: 7},
}

/** What the Data API says of a database (platform-facts §6.5): names and quoted values are real, the rest is likely. */
export async function databaseInfo(addon: AddonState): Promise<object> {
  const plan = planOf(addon)
  const figures = await readFigures(addon)
  const url = resourceUrl(addon)
  const {pathname, username} = new URL(url)
  const limit = limits[plan] ?? {connections: 20, bytes: gigabyte, rollbackDays: 0}
  const essential = limit.rollbackDays === 0
  const info: Item[] = [
    {name: 'Plan', values: [plan]},
    {name: 'Status', values: ['Available']},
    {name: 'Connections', values: [`${figures.connections}/${limit.connections}`]},
    {name: 'PG Version', values: [figures.version]},
    {name: 'Created', values: [`${addon.createdAt.slice(0, 10)} ${addon.createdAt.slice(11, 16)}`]},
    {name: 'Data Size', values: [`${size(figures.bytes)} / ${size(limit.bytes)}`]},
    {name: 'Tables', values: [String(figures.tables)]},
    {name: 'Fork/Follow', values: [essential ? 'Unsupported' : 'Available']},
    {name: 'Rollback', values: [essential ? 'Unsupported' : `earliest from ${earliest(addon, limit.rollbackDays)}`]},
    {name: 'Continuous Protection', values: [essential ? 'Off' : 'On']},
  ]
  return {
    addon_id: addon.id,
    name: addon.name,
    plan: essential ? plan : {name: plan},
    created_at: addon.createdAt.replace('Z', '.000+00:00'),
    database_user: username,
    database_name: pathname.slice(1),
    resource_url: url,
    'waiting?': false,
    num_bytes: figures.bytes,
    ...(!essential && {formation: {id: idOf('pg-formation', addon.id), primary: null}, leader: null, following: null}),
    info,
  }
}

function earliest({createdAt}: AddonState, days: number): string {
  const from = Math.max(Date.parse(createdAt), Date.now() - days * 24 * 60 * 60 * 1000)
  return `${new Date(from).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

const size = (bytes: number): string =>
  bytes >= gigabyte ? `${Math.round(bytes / gigabyte)} GB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`
