import {describe, expect, it} from 'vitest'

import type {DynoSize} from '../../../src/lib/heroku/memory-types.js'
import {advise} from '../../../src/lib/memory/diagnose/advice.js'
import {type Budget, judgeBudget, parseBudget} from '../../../src/lib/memory/diagnose/budget.js'
import type {Diagnosis, TypeDiagnosis} from '../../../src/lib/memory/types.js'

const HOUR = 3_600_000
const web: TypeDiagnosis = {
  type: 'web',
  sources: ['archive'],
  dynos: 1,
  samples: 180,
  from: 0,
  to: HOUR,
  baseline: 380,
  p95: 390,
  peak: 400,
  quota: 512,
  quotaFrom: 'line',
  headroom: 112,
  growth: {perHour: 40, relative: 0.105, hours: 1, p: 0.001, suspected: true},
  r14: {count: 0},
  r15: {count: 0},
  oomKills: {count: 0},
}
const of = (...types: TypeDiagnosis[]): Diagnosis => ({
  counts: {bytes: 0, lines: 0, used: 0, skipped: 0, repeated: 0},
  types,
  instances: [],
  releases: [],
  notes: [],
})
const without = (...names: Array<keyof TypeDiagnosis>): TypeDiagnosis =>
  Object.fromEntries(
    Object.entries(web).filter(([name]) => !names.includes(name as keyof TypeDiagnosis)),
  ) as TypeDiagnosis

describe('budgets', () => {
  it.each([
    [{max: '80%'}, {share: 0.8}],
    [{max: '400MB'}, {max: 400}],
    [{max: '400M'}, {max: 400}],
    [{max: '1.5gb'}, {max: 1536}],
    [{max: ' 400 MiB '}, {max: 400}],
    [{growth: '10%'}, {growth: 0.1}],
    [
      {max: '80%', growth: '0%'},
      {share: 0.8, growth: 0},
    ],
    [{}, {}],
  ])('%j', (given, budget) => expect(parseBudget(given)).toEqual(budget))

  it.each([{max: '400'}, {max: '-1MB'}, {max: '0%'}, {max: 'MB'}, {max: '4 apples'}, {growth: '10MB'}, {growth: '10'}])(
    '%j is none',
    (given) => expect(parseBudget(given)).toBeUndefined(),
  )

  it.each<[string, TypeDiagnosis, Budget, object[]]>([
    ['at the limit', web, {max: 400}, []],
    ['over it', web, {max: 399}, [{of: 'max', unknown: false, is: 400, allowed: 399}]],
    ['within a share', web, {share: 0.8}, []],
    ['over a share', web, {share: 0.7}, [{of: 'max', unknown: false, is: 400, allowed: 358.4}]],
    ['no quota', without('quota'), {share: 0.8}, [{of: 'max', unknown: true}]],
    ['no quota needed', without('quota'), {max: 500}, []],
    ['no peak', without('peak'), {max: 500}, [{of: 'max', unknown: true}]],
    ['growth', web, {growth: 0.1}, [{of: 'growth', unknown: false, is: 0.105}]],
    ['less growth', web, {growth: 0.11}, []],
    ['growth by chance', {...web, growth: {...web.growth!, p: 0.4}}, {growth: 0.1}, []],
    ['growth not known', without('growth'), {growth: 0.1}, [{of: 'growth', unknown: true}]],
    ['both', web, {max: 1, growth: 0}, [{of: 'max'}, {of: 'growth'}]],
  ])('%s', (_name, type, budget, violations) => {
    expect(judgeBudget(of(type), budget)).toMatchObject(violations)
  })
})

describe('advice', () => {
  const size = (name: string, memory: number, cents: number, privateOnly = false): DynoSize => ({
    name,
    memory,
    cents,
    privateOnly,
  })
  const sizes = [
    size('Performance-M', 2560, 25_000),
    size('Eco', 512, 500),
    size('Basic', 512, 700),
    size('Standard-1X', 512, 2500),
    size('Standard-2X', 1024, 5000),
    size('Performance-L', 14_336, 50_000),
    size('Private-S', 1024, 0, true),
    size('Private-M', 2560, 0, true),
    size('dyno-1c-0.5gb', 512, 2000),
    size('dyno-2c-1gb', 1024, 4000),
  ]
  const adviceFor = (
    peak: number,
    now: string,
    more: Partial<TypeDiagnosis> & {quantity?: number; privateSpace?: boolean} = {},
  ) => {
    const {privateSpace = false, quantity = 1, ...rest} = more
    const {growth: _, ...calm} = web
    const formation = [{type: 'web', size: now, quantity}]
    return advise(of({...calm, peak, ...rest}), {sizes, formation, privateSpace})[0]!
  }

  it.each([
    [409, 'Standard-1X', 'fits', 'Standard-1X'],
    [410, 'Standard-1X', 'bigger', 'Standard-2X'],
    [300, 'standard-2x', 'smaller', 'Standard-1X'],
    [900, 'Standard-2X', 'bigger', 'Performance-M'],
    [300, 'Basic', 'fits', 'Basic'],
    [300, 'Eco', 'fits', 'Eco'],
    [500, 'Eco', 'bigger', 'Standard-2X'],
    [300, 'dyno-2c-1gb', 'smaller', 'dyno-1c-0.5gb'],
    [13_000, 'Standard-1X', 'nothing-fits', undefined],
  ])('%i MB on %s: %s %s', (peak, now, verdict, advised) => {
    expect(adviceFor(peak, now)).toMatchObject({verdict, ...(advised && {advised: {name: advised}})})
  })

  it('needs a fifth of headroom, and says the price', () => {
    expect(adviceFor(450, 'Standard-1X')).toMatchObject({needed: 562.5, advised: {cents: 5000}, size: {cents: 2500}})
  })

  it('private spaces have sizes of their own', () => {
    expect(adviceFor(900, 'Private-S', {privateSpace: true})).toMatchObject({
      verdict: 'bigger',
      advised: {name: 'Private-M'},
    })
  })

  it('tiers: who leaves Eco or Basic leaves with all types; one dyno per type and no preboot in them', () => {
    expect(adviceFor(500, 'Basic').notes).toEqual([expect.stringContaining('together')])
    expect(adviceFor(300, 'Basic').notes).toEqual([expect.stringMatching(/one dyno per process type, without preboot/)])
    expect(adviceFor(300, 'Eco', {quantity: 2}).notes).toContainEqual(expect.stringContaining('does not run 2 dynos'))
    expect(adviceFor(300, 'Standard-1X', {quantity: 2}).notes).toEqual([])
  })

  it('says when it was watched for too short, was killed, or keeps growing', () => {
    expect(adviceFor(300, 'Standard-1X', {to: 29 * 60_000}).notes).toEqual([expect.stringContaining('29 min only')])
    expect(adviceFor(300, 'Standard-1X', {r15: {count: 1, first: 0}}).notes).toEqual([expect.stringContaining('R15')])
    expect(adviceFor(300, 'Standard-1X', {growth: web.growth!}).notes).toEqual([
      expect.stringContaining('keeps growing'),
    ])
  })

  it('is none for what is not known, and for one-off dynos', () => {
    const given = {sizes, formation: [{type: 'web', size: 'Strange', quantity: 1}]}
    expect(advise(of(web), given)).toMatchObject([{verdict: 'unknown', notes: [expect.stringContaining('Strange')]}])
    expect(advise(of({...web, type: 'worker'}), given)).toMatchObject([{verdict: 'unknown'}])
    expect(advise(of({...web, type: 'run'}), given)).toEqual([])
  })
})
