import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import type {ProcessType} from '../../src/lib/heroku/types.js'
import {imageLabels, MIGRATIONS_LABEL, migrationsUnchanged} from '../../src/lib/migrate/migrations-unchanged.js'
import {createRegistry} from '../../src/lib/registry/registry.js'
import {type Clock, systemClock} from '../../src/lib/run/clock.js'
import {build, contextWith, engineAt, engines, removeImages, uniqueName} from '../docker/rig.js'
import {archiveOf, makeImage} from '../platform/registry/make-image.js'
import {PASSWORD, type ServedRegistry, serveRegistry} from '../platform/registry/serve.js'
import {needs} from '../real/needs.js'

const OURS = `sha256:${'a'.repeat(64)}`
const THEIRS = `sha256:${'b'.repeat(64)}`
const never = new AbortController().signal
const quick: Clock = {now: systemClock.now, sleep: (ms, signal) => systemClock.sleep(ms / 1000, signal)}

let registry: ServedRegistry
beforeEach(async () => {
  registry = await serveRegistry()
})
afterEach(() => registry.close())

const client = () => createRegistry({host: registry.host, password: PASSWORD, clock: quick})

/** Pushes an image with these labels; resolves with its config digest. */
async function push(type: string, labels: Record<string, string> | null | undefined): Promise<string> {
  const {config, layers} = await makeImage({files: {type}, command: ['run']})
  const json = JSON.parse(config.toString()) as {config: object}
  const labelled = {...json, config: {...json.config, ...(labels === undefined ? {} : {Labels: labels})}}
  const archive = await archiveOf({config: Buffer.from(JSON.stringify(labelled)), layers})
  return (await registry.store.seed(`acme/${type}`, archive)).config
}

const processType = (type: string, image: string): ProcessType => ({type, quantity: 1, size: 'Basic', image})
const compare = (formation: ProcessType[], types = formation.map(({type}) => type)) =>
  migrationsUnchanged({app: 'acme', fingerprint: OURS, types, formation}, {registry: client(), signal: never})

const built = (fingerprint: string) => imageLabels({migrations: fingerprint})

describe('the migrations are', () => {
  it('the same when every image of the ship that runs was built with them, also when it is no longer the latest', async () => {
    const web = await push('web', built(OURS))
    const worker = await push('worker', built(OURS))
    await push('web', built(THEIRS))
    expect(await compare([processType('web', web), processType('worker', worker)])).toMatchObject({verdict: 'same'})
  })

  it('different when one was not; what is not part of the ship has no say', async () => {
    const web = await push('web', built(OURS))
    const worker = await push('worker', built(THEIRS))
    const formation = [processType('web', web), processType('worker', worker)]
    expect(await compare(formation)).toEqual({
      verdict: 'different',
      why: 'the image of worker was built with other migrations',
    })
    expect(await compare(formation, ['web', 'new'])).toMatchObject({verdict: 'same'})
  })

  it.each([
    ['has no labels', undefined],
    ['has none at all', null],
    ['has others', {'org.example': OURS}],
    ['has an empty one', {[MIGRATIONS_LABEL]: ''}],
  ])('not known to be the same when an image %s', async (_what, labels) => {
    const {verdict} = await compare([processType('web', await push('web', labels))])
    expect(verdict).not.toBe('same')
  })

  it.each([
    ['nothing runs', [], 'no image of these types runs yet'],
    ['the registry has it no more', [processType('web', THEIRS)], 'the registry has no image of web any more'],
  ])('unknown when %s', async (_what, formation, why) => {
    expect(await compare(formation, ['web'])).toEqual({verdict: 'unknown', why})
  })

  it('unknown when the registry does not answer as it should, and no secret is told', async () => {
    const web = await push('web', built(OURS))
    for (const answer of [500, 401, 200]) {
      registry.intercept = (_req, res) => {
        res.writeHead(answer).end(JSON.stringify({errors: [{code: 'X', message: PASSWORD}]}))
        return true
      }
      const {verdict, why} = await compare([processType('web', web)])
      expect({answer, verdict}).toEqual({answer, verdict: 'unknown'})
      expect(why).not.toContain(PASSWORD)
    }
  })

  it('not asked for any more after an abort', async () => {
    const web = await push('web', built(OURS))
    const stop = new AbortController()
    registry.intercept = () => {
      stop.abort(new Error('Ctrl-C'))
      return true
    }
    const ours = {app: 'acme', fingerprint: OURS, types: ['web'], formation: [processType('web', web)]}
    await expect(migrationsUnchanged(ours, {registry: client(), signal: stop.signal})).rejects.toThrow('Ctrl-C')
  })
})

// 'docker' and 'newer-docker', which test/real/global-setup.ts starts for files that name them.
describe.each(engines)('an image built by $engine', ({engine: part, host}) => {
  it('is the same for the same content and labels, and the registry tells them', async (ctx) => {
    await needs(ctx, part)
    const engine = await engineAt(host())
    const content = uniqueName()
    const context = await contextWith({Dockerfile: 'FROM scratch\nCOPY file /\nCMD ["/file"]\n', file: content})
    const reference = `${registry.host}/acme/web`
    const labels = imageLabels({migrations: OURS, revision: 'c0ffee'})
    const make = (with_: Record<string, string>) => build(engine, {context, labels: with_, tags: [reference]})
    try {
      const first = await make(labels)
      await engine.push(reference, {password: PASSWORD, host: registry.host}, () => {}, never)
      const image = await client().readImage('acme/web')
      expect(await client().readLabels('acme/web', image.config)).toEqual({
        'org.opencontainers.image.revision': 'c0ffee',
        [MIGRATIONS_LABEL]: OURS,
      })
      expect(await compare([processType('web', image.config)])).toMatchObject({verdict: 'same'})

      expect((await make(labels)).imageId).toBe(first.imageId)
      const other = await make(imageLabels({migrations: THEIRS}))
      expect(other.imageId).not.toBe(first.imageId)
      expect(other.steps.findLast(({message}) => message.includes('COPY'))?.cached).toBe(true)
    } finally {
      await removeImages(host(), [reference])
    }
  })
})
