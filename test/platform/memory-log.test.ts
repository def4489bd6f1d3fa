import {describe, expect, it} from 'vitest'
import {idle, until, usePlatform} from './fixture.js'

const platform = usePlatform({speed: 100})
const {ask} = platform

const UUID = '[0-9a-f]{8}-[0-9a-f-]{27}'

async function appWith(
  curve: (at: Date, of: {release: number; dyno?: string}) => number | null,
  {enabled = true} = {},
) {
  await platform.heroku.createApp('acme')
  platform.heroku.knobs('acme').memoryCurves.worker = curve
  if (enabled) await ask('PATCH', '/apps/acme/features/log-runtime-metrics', {enabled: true})
  await platform.heroku.seedRelease('acme', {images: {worker: idle}, formation: {worker: 2}})
  await platform.heroku.settled('acme')
}

const lines = (about: RegExp) => platform.heroku.log('acme').filter((line) => about.test(line))

describe('log-runtime-metrics (platform-facts §8.3, §8.4)', () => {
  it('logs load and memory of each dyno about every 20 s', async () => {
    await appWith(() => 34.41)
    await until(() => expect(lines(/sample#memory_total/).length).toBeGreaterThan(3))
    expect(lines(/\[worker\.2\]: .*sample#memory_total/)[0]).toMatch(
      new RegExp(
        `^\\S+ heroku\\[worker\\.2\\]: source=worker\\.2 dyno=heroku\\.\\d+\\.${UUID} sample#memory_total=34\\.41MB ` +
          'sample#memory_rss=34\\.33MB sample#memory_cache=0\\.08MB sample#memory_swap=0\\.00MB ' +
          'sample#memory_pgpgin=9pages sample#memory_pgpgout=0pages sample#memory_quota=512\\.00MB$',
      ),
    )
    expect(lines(/sample#load_avg_1m=0\.00 sample#load_avg_5m=0\.00$/).length).toBeGreaterThan(3)
    expect(lines(/R14|R15/)).toEqual([])
  })

  it('says R14 above the quota, with what is over it in swap', async () => {
    await appWith((_, {dyno}) => (dyno === 'worker.1' ? 590.29 : 100))
    await until(() => expect(lines(/R14/).length).toBeGreaterThan(1))
    expect(lines(/\[worker\.1\]: .*memory_swap=78\.29MB/)).not.toEqual([])
    expect(lines(/\[worker\.1\]: Process running mem=590M\(115\.3%\)$/)).not.toEqual([])
    expect(lines(/\[worker\.2\]: (Process running|Error)/)).toEqual([])
  })

  it('kills what uses vastly too much, and starts it again', async () => {
    let vast = true
    await appWith((_, {dyno}) => (vast && dyno === 'worker.1' ? 1100 : 100))
    await until(() => expect(lines(/\[worker\.1\]: State changed from crashed to starting/)).not.toEqual([]))
    vast = false
    const story = lines(/\[worker\.1\]: (Error|Stopping process|Process exited|State changed from up)/)
    expect(story.slice(0, 4).map((line) => line.replace(/^.*: /, ''))).toEqual([
      'Error R15 (Memory quota vastly exceeded)',
      'Stopping process with SIGKILL',
      'Process exited with status 137',
      'State changed from up to crashed',
    ])
  })

  it('logs nothing of dynos that started before it was enabled', async () => {
    await appWith(() => 100, {enabled: false})
    await ask('PATCH', '/apps/acme/features/log-runtime-metrics', {enabled: true})
    platform.heroku.passTime('acme', 600_000)
    expect(lines(/sample#/)).toEqual([])
    await ask('DELETE', '/apps/acme/dynos')
    await until(() => expect(lines(/sample#/)).not.toEqual([]))
  })

  it('lets time pass: what was is older, and the samples in between are there', async () => {
    await appWith((_, {release}) => release * 100)
    const begun = Date.parse(lines(/Starting process/)[0]!.split(' ')[0]!)
    platform.heroku.passTime('acme', 3_600_000)
    const [first] = lines(/Starting process/)
    expect(Date.parse(first!.split(' ')[0]!)).toBe(begun - 3_600_000)
    const stamps = lines(/./).map((line) => line.split(' ')[0]!)
    expect(stamps).toEqual([...stamps].sort())
    const {version} = (await ask('GET', '/apps/acme/releases')).body.at(-1)
    expect(lines(new RegExp(`\\[worker\\.1\\]: .*memory_total=${version}00\\.00MB`)).length).toBeGreaterThanOrEqual(180)
    const {created_at: createdAt} = (await ask('GET', '/apps/acme/releases')).body.at(-1)
    expect(Date.now() - Date.parse(createdAt)).toBeGreaterThan(3_590_000)
  })
})
