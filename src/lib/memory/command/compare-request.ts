/** What is to be compared: two releases of one recording or app, the last two, or two archives. */
export type CompareRequest =
  | {what: 'files'; before: string; after: string}
  | {what: 'previous'}
  | {what: 'versions'; before: number; after: number}

/** `previous`, `v41..v42`, or two files. `problem`: why it is none of these. */
export function parseCompare(values: string[]): {problem: string} | {compare: CompareRequest} {
  const [first = '', second, ...more] = values
  if (more.length > 0) return {problem: `--compare takes two archives at most, not ${values.length}`}
  if (second !== undefined) return {compare: {what: 'files', before: first, after: second}}
  if (first === 'previous') return {compare: {what: 'previous'}}
  const versions = /^v?(\d{1,9})\.\.v?(\d{1,9})$/.exec(first)
  if (!versions)
    return {problem: `--compare ${first} is neither previous, nor two releases (v41..v42), nor two archives`}
  const [before, after] = versions.slice(1).map(Number) as [number, number]
  if (before >= after) return {problem: `--compare ${first}: the older release comes first (v${after}..v${before})`}
  return {compare: {what: 'versions', before, after}}
}
