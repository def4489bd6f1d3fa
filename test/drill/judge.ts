import type {Point} from './point.js'
import type {Tried} from './try-point.js'

/** Everything in which a death was not put right as it must be; empty when it was. */
export function judge(point: Point, tried: Tried): string[] {
  const {again, counts, died, done, lost, next, told} = tried
  const wrong: string[] = []
  const killed = died.signal === 'SIGKILL'
  // Held by itself, when its migration failed before the point came.
  if (!killed && died.code !== (point.fails ? 4 : 0))
    wrong.push(`the run ended by itself with ${died.code}: ${died.stderr}`)
  if (lost !== undefined) wrong.push(lost)

  const shape = tried.differs.filter((line) => !isOfNewCode(line))
  if (shape.length > 0) wrong.push(`the world: ${shape.join('; ')}`)
  const code = tried.differs.filter(isOfNewCode)
  if (code.length > 0 && !mayStay(point, tried)) wrong.push(`the code: ${code.join('; ')}`)

  for (const [what, count] of Object.entries(counts)) {
    // A rollback is a release, of whoever goes back.
    const most = what === 'releases' ? 1 + rollbacks(tried) : 1
    if (count > most) wrong.push(`${count} ${what}`)
  }

  const first = done[0]
  if (point.way === 'with the journal' && first) {
    // Once the migration has begun nobody but a person knows which way is right, unless it is seen to have succeeded.
    const begun = hasBegun(tried.journal, 'migrate')
    if (first.code === 4 && !begun) wrong.push(`recover holds, and nothing was migrated: ${first.said}`)
    const succeeded = counts.migrations === 1 && !point.fails
    if (first.code === 0 && begun && !succeeded) wrong.push(`recover does not hold: ${first.said}`)
  }

  for (const {changed, code: exit, command, said} of done) {
    const recovers = command.startsWith('heroku pipeline:recover')
    if (exit !== 0 && exit !== 4 && exit !== null && recovers) wrong.push(`${command}: exit ${exit}: ${said}`)
    if (!recovers && exit !== 0 && !FOLLOWED.test(command) && !/preboot is already enabled/.test(said))
      wrong.push(`${command}: exit ${exit}: ${said}`)
    if (exit === 4 && changed.length > 0) wrong.push(`${command} held, and changed ${changed.join('; ')}`)
    if (exit === 4 && !/What is left:\n/.test(said)) wrong.push(`${command} holds and says no command`)
  }

  if (done.findLast(({command}) => command.startsWith('heroku pipeline:recover'))?.code !== 0) {
    wrong.push('the last recover did not end with 0')
  }

  if (again.code !== 0) wrong.push(`a second recover ends with ${again.code}: ${again.said}`)
  if (again.wrote.length > 0) wrong.push(`a second recover does ${again.wrote.join(', ')}`)
  if (next.code !== 0) wrong.push(`the next run is refused (${next.code}): ${next.said}`)
  return [...wrong, ...told]
}

/** A torn line is as one that nobody wrote. */
const hasBegun = (journal: string, step: string): boolean =>
  journal
    .split('\n')
    .slice(0, -1)
    .some((line) => line.includes(`"type":"begin","step":"${step}"`))

const FOLLOWED = /^heroku (logs|releases:output) /

/** What differs when, and only when, the new images run. */
const isOfNewCode = (line: string): boolean => /^images\.|old image → .*new image/.test(line)

/** New code may stay where the new schema is. */
function mayStay({command}: Point, {counts, died, done}: Tried): boolean {
  if (command !== 'pipeline:ship --migrate' || counts.migrations !== 1) return false
  const resumed = done.some(({code, said}) => code === 0 && said.includes('was carried to its end'))
  return resumed || died.signal === null || /^✓ Migrate with /m.test(died.stderr)
}

const rollbacks = ({done}: Tried): number =>
  done.filter(({command, said}) => /releases:rollback/.test(command) || /runs v\d+ again/.test(said)).length
