import type {Reason} from '../app/refused.js'
import type {AppState} from '../app/state.js'
import {fingerprintMigrations} from '../migrate/fingerprint.js'
import {migrationsUnchanged} from '../migrate/migrations-unchanged.js'
import type {ShipServices} from './services.js'

/** Whether the migrations are those of the images that run. `same` only when every image says so; else the window is taken. */
export type MigrationsRead = {same: boolean; fingerprint?: string; reasons: Reason[]; notes: string[]}

/** Compares `--migrations-path` with the labels of the images that run (design §4.5). Without the flag nothing is compared. */
export async function readMigrations(
  {registry}: ShipServices,
  app: string,
  {formation}: AppState,
  {folder, migrationsPath}: {folder: string; migrationsPath?: string | undefined},
): Promise<MigrationsRead> {
  if (migrationsPath === undefined) return {same: false, reasons: [], notes: []}
  const made = await fingerprintMigrations(folder, migrationsPath)
  if ('problem' in made) return {same: false, reasons: [{message: `${made.problem}.`}], notes: []}

  const {fingerprint} = made
  const types = formation.flatMap(({image, type}) => (image ? [type] : []))
  const {signal} = new AbortController()
  const {verdict, why} = await migrationsUnchanged({app, fingerprint, types, formation}, {registry, signal})
  const note =
    verdict === 'same'
      ? `No migration: ${why}. That they were run is not looked at: heroku pipeline:maintenance-migrate runs them anyway.`
      : `The migration is run: ${why}.`
  return {same: verdict === 'same', fingerprint, reasons: [], notes: [note]}
}
