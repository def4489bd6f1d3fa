import {describe, expect, it} from 'vitest'

import {chooseDockerfiles} from '../../src/lib/config/dockerfiles.js'

const choose = (files: string[], {named = [], formation = []}: {named?: string[]; formation?: string[]} = {}) => {
  return chooseDockerfiles({files, named, formation})
}

describe('without named types', () => {
  it('takes Dockerfile for web and Dockerfile.TYPE for the types of the formation', () => {
    const {chosen, leftAlone, problems} = choose(
      ['Dockerfile', 'Dockerfile.worker', 'Dockerfile.base', 'Dockerfile.dev'],
      {
        formation: ['web', 'worker'],
      },
    )
    expect(chosen).toEqual([
      {dockerfile: 'Dockerfile', types: ['web']},
      {dockerfile: 'Dockerfile.worker', types: ['worker']},
    ])
    expect(leftAlone.map(({dockerfile, why}) => `${dockerfile}: ${why}`)).toEqual([
      'Dockerfile.base: base is not in the formation',
      'Dockerfile.dev: dev is not in the formation',
    ])
    expect(problems).toEqual([])
  })

  it('finds types with a dash, which the stock CLI does not', () => {
    expect(choose(['Dockerfile.asset-syncer'], {formation: ['asset-syncer']}).chosen).toEqual([
      {dockerfile: 'Dockerfile.asset-syncer', types: ['asset-syncer']},
    ])
  })

  it('never takes an ignore file for a Dockerfile', () => {
    const {chosen, leftAlone} = choose(['Dockerfile', 'Dockerfile.dockerignore', 'Dockerfile.worker.dockerignore'], {
      formation: ['web', 'dockerignore'],
    })
    expect({chosen, leftAlone}).toEqual({chosen: [{dockerfile: 'Dockerfile', types: ['web']}], leftAlone: []})
  })

  it('refuses two files for one type, naming both', () => {
    expect(choose(['Dockerfile', 'Dockerfile.web']).problems[0]?.message).toBe(
      'Dockerfile and Dockerfile.web are both for web.',
    )
    const below = choose(['a/Dockerfile.worker', 'b/Dockerfile.worker'], {formation: ['worker']})
    expect(below.problems[0]?.message).toBe('a/Dockerfile.worker and b/Dockerfile.worker are both for worker.')
  })

  it('refuses when there is nothing to build', () => {
    expect(choose([]).problems[0]?.message).toBe('There is no Dockerfile here.')
    expect(choose(['Dockerfile.base']).problems[0]?.message).toBe(
      'Dockerfile.base: none is for a process type of the app.',
    )
  })
})

describe('with named types', () => {
  it('takes the file of the type, else Dockerfile, and builds a shared one once', () => {
    const {chosen, problems} = choose(['Dockerfile', 'Dockerfile.worker'], {
      named: ['web', 'worker', 'clock'],
      formation: ['web', 'worker', 'clock'],
    })
    expect(chosen).toEqual([
      {dockerfile: 'Dockerfile', types: ['web', 'clock']},
      {dockerfile: 'Dockerfile.worker', types: ['worker']},
    ])
    expect(problems).toEqual([])
  })

  it('takes any type for an app that has no formation yet', () => {
    expect(choose(['Dockerfile'], {named: ['web', 'worker']}).problems).toEqual([])
  })

  it('refuses a type that is neither in the formation nor has a file', () => {
    const {problems} = choose(['Dockerfile'], {named: ['wroker'], formation: ['web', 'worker']})
    expect(problems[0]?.message).toBe(
      'wroker is not a process type of the app (web, worker), and there is no Dockerfile.wroker.',
    )
  })

  it('lists what it leaves alone', () => {
    expect(
      choose(['Dockerfile', 'Dockerfile.worker'], {named: ['web'], formation: ['web', 'worker']}).leftAlone,
    ).toEqual([{dockerfile: 'Dockerfile.worker', why: 'worker is not named'}])
  })
})
