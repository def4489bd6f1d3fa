/**
 * Reads `--scale TYPE=N` flags; `worker=2,clock=1` and twice the flag mean the same. Problems are collected.
 */
export function parseScale(flags: string[]): {scale: Record<string, number>; problems: string[]} {
  const scale: Record<string, number> = {}
  const problems: string[] = []
  for (const flag of flags.flatMap((value) => value.split(','))) {
    const [, type, quantity] = /^([\w-]+)=(\d{1,3})$/.exec(flag) ?? []
    if (type === undefined) problems.push(`--scale ${flag}: write --scale worker=2`)
    else if (type in scale) problems.push(`--scale ${type} is given twice`)
    else scale[type] = Number(quantity)
  }

  return {scale, problems}
}
