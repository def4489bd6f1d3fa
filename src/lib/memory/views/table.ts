import {displayWidth, padded} from '../../ui/ink/width.js'

/** Rows of cells as aligned lines, two spaces apart; the columns named in `left` are aligned to the left, others to the right. */
export function formatTable(rows: string[][], left: number[] = [0]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))))
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return left.includes(column) ? padded(cell, width) : ' '.repeat(width - displayWidth(cell)) + cell
      })
      .join('  ')
      .trimEnd(),
  )
}

/** Without as many of the columns of these headings, in this order, as it takes to be no wider than that. */
export function fitting(rows: string[][], width: number, expendable: string[]): string[][] {
  const [first = ''] = expendable
  const wide = Math.max(...formatTable(rows).map((line) => displayWidth(line))) > width
  if (!wide || expendable.length === 0) return rows
  const column = rows[0]?.indexOf(first) ?? -1
  const without = column < 0 ? rows : rows.map((row) => row.filter((_, index) => index !== column))
  return fitting(without, width, expendable.slice(1))
}

/** Without the columns in which no row but the heading says anything. */
export function withoutEmpty(rows: string[][], empty: string[] = ['', '–', '0']): string[][] {
  const [, ...body] = rows
  const kept = (rows[0] ?? []).map(
    (_, column) => column === 0 || body.some((row) => !empty.includes(row[column] ?? '')),
  )
  return rows.map((row) => row.filter((_, column) => kept[column]))
}
