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

/** Without the columns in which no row but the heading says anything. */
export function withoutEmpty(rows: string[][], empty: string[] = ['', '–', '0']): string[][] {
  const [, ...body] = rows
  const kept = (rows[0] ?? []).map(
    (_, column) => column === 0 || body.some((row) => !empty.includes(row[column] ?? '')),
  )
  return rows.map((row) => row.filter((_, column) => kept[column]))
}
