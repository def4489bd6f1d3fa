/** Which dyno a line is about. */
export type Dyno = {type: string; dyno: string; uuid?: string}

const NAME = /^([A-Za-z][\w-]*)\.\d+$/
/** On Fir dynos are named after their pods: `web-5cf9d6f967-m9m8v`. */
const FIR_NAME = /^([A-Za-z][\w-]*?)-[\da-f]{6,10}-[\da-z]{5}$/

/** The process type of a dyno's name: `web.1` → `web`; undefined for what is not the name of a dyno (`router`, `heroku-postgres`). */
export function typeOfDyno(name: string): string | undefined {
  return (NAME.exec(name) ?? FIR_NAME.exec(name))?.[1]
}

/**
 * The dyno of a sample: from what stands before `sample#` or `measure=` (`source=web.1 dyno=heroku.222222222.<uuid> `, of 2013
 * `source=heroku.772639.web.1.<uuid> `), or else from the name in the line's header.
 * @returns undefined when nothing names a dyno: add-ons have samples too
 */
export function dynoOf(body: string, header: string | undefined): Dyno | undefined {
  if (/\baddon=/.test(body)) return undefined
  const source = /\bsource=([\w.-]+)/.exec(body)?.[1]
  const old = source === undefined ? undefined : /^heroku\.\d+\.([\w-]+\.\d+)\.([\w-]+)$/.exec(source)
  const name = [old?.[1], source, header].find((each) => each !== undefined && typeOfDyno(each))
  if (name === undefined) return undefined
  const uuid = old?.[2] ?? /\bdyno=([\w.-]+)/.exec(body)?.[1]?.split('.').at(-1)
  // `dyno=web.1` names no instance.
  const isUuid = uuid !== undefined && !/^\d*$/.test(uuid)
  return {type: typeOfDyno(name)!, dyno: name, ...(isUuid && {uuid: uuid.toLowerCase()})}
}
