const BLOCKS = '▁▂▃▄▅▆▇█'

/** One character for each value, from 0 to `top`; a space where there is none. */
export function sparkline(series: Array<number | null>, top: number): string {
  return series.map((value) => (value === null ? ' ' : BLOCKS[levelOf(value, top)]!)).join('')
}

function levelOf(value: number, top: number): number {
  const share = top > 0 ? value / top : 0
  return Math.max(0, Math.min(BLOCKS.length - 1, Math.round(share * (BLOCKS.length - 1))))
}
