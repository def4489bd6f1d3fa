import {invalidParams, notFound} from '../api/errors.js'
import {route} from '../api/route.js'
import type {Platform} from '../platform.js'
import {newId} from '../state/ids.js'
import type {AppState} from '../state/types.js'
import {capture} from './capture.js'
import {databaseOf} from './find.js'
import {dataTime, newTransfer} from './transfers.js'
import type {ScheduleState} from './types.js'

export const scheduleRoutes = [
  route('GET', '/client/v11/databases/:database/transfer-schedules', (ask) => {
    const addon = databaseOf(ask)
    return {body: ask.platform.state.schedules.filter(({addonId}) => addonId === addon.id).map(present)}
  }),
  // One for each name: a second takes the place of the first.
  route('POST', '/client/v11/databases/:database/transfer-schedules', (ask) => {
    const addon = databaseOf(ask)
    const {hour, schedule_name: name, timezone} = ask.body
    if (!/^([01]?\d|2[0-3])$/.test(String(hour)) || !name) throw invalidParams('Invalid schedule.')
    const {state} = ask.platform
    const schedule: ScheduleState = {
      uuid: newId(),
      addonId: addon.id,
      name: String(name),
      hour: Number(hour),
      timezone: String(timezone ?? 'UTC'),
      createdAt: new Date().toISOString(),
    }
    state.schedules = state.schedules.filter((one) => one.addonId !== addon.id || one.name !== schedule.name)
    state.schedules.push(schedule)
    ask.platform.changed()
    return {status: 201, body: present(schedule)}
  }),
  route('DELETE', '/client/v11/databases/:database/transfer-schedules/:schedule', (ask) => {
    const addon = databaseOf(ask)
    const {state} = ask.platform
    const schedule = state.schedules.find(({addonId, uuid}) => addonId === addon.id && uuid === ask.params.schedule)
    if (!schedule) throw notFound('schedule')
    state.schedules = state.schedules.filter((one) => one !== schedule)
    ask.platform.changed()
    return {body: present(schedule)}
  }),
]

/** What the platform does when the hour of the app's schedules comes. */
export function runSchedules(platform: Platform, app: AppState): void {
  for (const {addonId, uuid} of platform.state.schedules) {
    const addon = platform.state.addons.find(({id}) => id === addonId)
    if (addon?.appId !== app.id) continue
    const transfer = newTransfer(platform, addon, {kind: 'backup', scheduleUuid: uuid})
    platform.transfers.start(platform, addon, transfer, capture)
  }
}

const present = ({createdAt, hour, name, timezone, uuid}: ScheduleState): object => ({
  uuid,
  name,
  hour,
  timezone,
  days: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  created_at: dataTime(createdAt),
  updated_at: dataTime(createdAt),
  deleted_at: null,
})
