import {APP} from '../failures/setup.js'
import type {Place} from './faults.js'

/** The steps of a window, as the plan has them (design §4). */
export const STEPS = [
  'preboot-off',
  'maintenance-on',
  'scale-down',
  'backup',
  'release',
  'migrate',
  'restart',
  'flush',
  'scale-up',
  'up',
  'smoke',
  'maintenance-off',
  'health',
  'preboot-on',
] as const
export type StepId = (typeof STEPS)[number]

const place = (method: string, path: string, nth = 1): Place => ({
  method,
  path: new RegExp(`^/${path.replace('APP', `apps/${APP}`)}$`),
  nth,
})

/** The write of each step; `up` and `health` only ask. */
export const WRITES = {
  'preboot-off': place('PATCH', 'APP/features/preboot'),
  'maintenance-on': place('PATCH', 'APP'),
  'scale-down': place('PATCH', 'APP/formation'),
  backup: place('POST', 'client/v11/databases/[^/]+/backups'),
  release: place('PATCH', 'APP/formation', 2),
  migrate: place('POST', 'APP/dynos'),
  restart: place('DELETE', 'APP/formations/clock'),
  flush: place('POST', 'APP/dynos', 2),
  'scale-up': place('PATCH', 'APP/formation', 2),
  smoke: place('POST', 'APP/dynos', 3),
  'maintenance-off': place('PATCH', 'APP', 2),
  'preboot-on': place('PATCH', 'APP/features/preboot', 2),
} satisfies Partial<Record<StepId, Place>>
