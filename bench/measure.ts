import {isDeepStrictEqual} from 'node:util'

import type {Measured, Row, Run} from './row.js'

/**
 * Runs the sides of a row in turn, A B A B, after one round that warms up and is not counted. A row whose sides end differently in
 * any round is refused.
 */
export async function measure(row: Row, rounds: number, say: (text: string) => void): Promise<Measured> {
  const {given, id, sides, title} = row
  const counted = Math.min(Math.max(rounds, row.atLeast ?? 0), row.atMost ?? Infinity)
  const measured: Measured = {
    id,
    title,
    given,
    rounds: counted,
    sides: sides.map(({name}) => ({name, figures: {}})),
  }
  await row.before?.()
  for (let round = row.warm ? 1 : 0; round <= counted; round++) {
    const runs: Run[] = []
    for (const [index, side] of sides.entries()) {
      const run = await side.run(round)
      runs.push(run)
      if (round > 0) keep(measured.sides[index]?.figures ?? {}, run.figures)
    }
    const difference = differenceOf(runs)
    if (difference) return {...measured, refused: `end states differ in round ${round}: ${difference}`}
    say(
      `${id} ${round === 0 ? 'warmed up' : `${round}/${counted}`}: ${runs.map(({figures}) => told(figures)).join(' | ')}`,
    )
  }
  return measured
}

function keep(kept: Record<string, number[]>, figures: Record<string, number>): void {
  for (const [name, value] of Object.entries(figures)) (kept[name] ??= []).push(value)
}

function differenceOf([first, ...others]: Run[]): string | undefined {
  const other = others.find(({end}) => !isDeepStrictEqual(end, first?.end))
  return other && `${JSON.stringify(first?.end)} and ${JSON.stringify(other.end)}`
}

const told = (figures: Record<string, number>): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Math.round(value)}`)
    .join(', ')
