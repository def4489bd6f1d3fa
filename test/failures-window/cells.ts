import type {Cell, NoCell} from './cell.js'
import {closingCells} from './cells-closing.js'
import {migrationCells} from './cells-migration.js'
import {openingCells} from './cells-opening.js'

/** Every step of a window and every way in which it goes wrong. */
export const table: Array<Cell | NoCell> = [...openingCells, ...migrationCells, ...closingCells]

export const cells: Cell[] = table.filter((cell) => 'end' in cell)
