import fc from 'fast-check'

/** Something that happened, with every way of saying it: what a log is made of. */
export type Happening = {
  at: number
  dyno: string
  uuid: string
  total: number
  swap: number
  quota: number
  style: number
  kind: Kind
}
type Kind = 'load' | 'sample' | 'R14' | 'router' | 'release' | 'app' | 'garbage'

const iso = (at: number): string => new Date(at).toISOString().replace('Z', '000+00:00')
const mb = (value: number): string => `${value.toFixed(2)}MB`

/** The line, or several, of a happening, without line ends. */
export function linesOf({at, dyno, kind, quota, style, swap, total, uuid}: Happening): string[] {
  const who = `source=${dyno} dyno=heroku.1234.${uuid}`
  switch (kind) {
    case 'load':
      return [styled(style, at, dyno, `${who} sample#load_avg_1m=0.10`)]
    case 'sample':
      return [
        styled(
          style,
          at,
          dyno,
          `${who} sample#memory_total=${mb(total + swap)} sample#memory_rss=${mb(total)} sample#memory_cache=0.00MB sample#memory_swap=${mb(swap)} sample#memory_pgpgin=9pages sample#memory_quota=${mb(quota)}`,
        ),
      ]
    case 'R14':
      return [
        styled(style, at, dyno, `Process running mem=${Math.floor(total)}M(120.0%)`),
        styled(style, at, dyno, 'Error R14 (Memory quota exceeded)'),
      ]
    case 'release':
      return [`${iso(at)} app[api]: Release v${Math.floor(total)} created by user u@example.com`]
    case 'router':
      return [`${iso(at)} heroku[router]: at=info method=GET path="/" dyno=${dyno} status=200 bytes=1`]
    case 'app':
      return [`${iso(at)} app[${dyno}]: Processing by MBController, Release State c #memory MB Memory Ünïcöde`]
    case 'garbage':
      return [`heroku[${dyno}]: source=${dyno} sample#memory_total=`, '{"message": "Process exited with status']
  }
}

const STYLES = 4

function styled(style: number, at: number, dyno: string, message: string): string {
  switch (style % STYLES) {
    case 0:
      return `${iso(at)} heroku[${dyno}]: ${message}`
    case 1: {
      const frame = `<45>1 ${iso(at)} host heroku ${dyno} - ${message}`
      return `${frame.length} ${frame}`
    }
    case 2:
      return JSON.stringify({timestamp: at, program: `heroku/${dyno}`, message})
    default:
      return `1\t${iso(at)}\t${iso(at + 900)}\t2\tacme\t192.0.2.1\tLocal7\tInfo\theroku/${dyno}\t${message}`
  }
}

const BEGIN = Date.UTC(2024, 2, 1)

/** Logs of hours: a few dynos, restarts (a dyno's uuid is that of its hour), events, and what is none of ours. */
export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc
    .record({
      // So few moments that some samples fall on the same.
      seconds: fc.nat(80).map((moments) => moments * 180),
      dyno: fc.constantFrom('web.1', 'web.2', 'worker.1', 'run.1234'),
      total: fc.integer({min: 100, max: 90_000}).map((cents) => cents / 100),
      swap: fc.constantFrom(0, 12.5),
      quota: fc.constantFrom(512, 1024),
      style: fc.nat(STYLES - 1),
      kind: fc.constantFrom<Kind>('load', 'sample', 'sample', 'sample', 'R14', 'router', 'release', 'app', 'garbage'),
    })
    .map(({seconds, ...rest}) => ({
      ...rest,
      at: BEGIN + seconds * 1000,
      uuid: `${Math.floor(seconds / 3600)}f9b14bc-1d3b-47f4-91c1-704964b8793f`,
    })),
  {maxLength: 120},
)
