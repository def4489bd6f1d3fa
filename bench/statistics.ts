/** The middle one; between the two middle ones when their number is even. @throws Error without any */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const above = sorted[Math.floor(middle)]
  const below = sorted[Math.ceil(middle) - 1]
  if (above === undefined || below === undefined) throw new Error('The median of nothing')
  return (above + below) / 2
}
