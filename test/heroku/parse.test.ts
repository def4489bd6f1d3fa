import {describe, expect, it} from 'vitest'

import {parseAccount, parseApp} from '../../src/lib/heroku/parse-app.js'
import {parseDynos} from '../../src/lib/heroku/parse-dynos.js'
import {parseFormation} from '../../src/lib/heroku/parse-formation.js'
import {parseLogLine} from '../../src/lib/heroku/parse-log-line.js'
import {parseRelease, parseReleases} from '../../src/lib/heroku/parse-release.js'
import {UnexpectedAnswer} from '../../src/lib/heroku/record.js'
import {APP, DIGEST, DYNO, FORMATION, RELEASE} from './fixtures.js'

describe('parseApp', () => {
  it('takes what a ship cares for', () => {
    expect(parseApp(APP)).toEqual({
      id: APP.id,
      name: 'example-app',
      owner: 'user@example.com',
      generation: 'cedar',
      stack: 'container',
      buildStack: 'container',
      maintenance: false,
      webUrl: 'https://example-app-1234.herokuapp.com/',
    })
  })

  it('takes generation as a plain text too, and does without it', () => {
    expect(parseApp({...APP, generation: 'fir'}).generation).toBe('fir')
    expect(parseApp({...APP, generation: undefined})).not.toHaveProperty('generation')
  })

  it('names the team that owns the app, not its service user', () => {
    const app = {...APP, owner: {id: '1', email: 'acme@herokumanager.com'}, team: {id: '2', name: 'acme'}}
    expect(parseApp(app).owner).toBe('acme')
  })

  it('keeps apart the stack that runs and the one of the next release', () => {
    const app = parseApp({...APP, stack: {id: '3', name: 'heroku-24'}})
    expect([app.stack, app.buildStack]).toEqual(['heroku-24', 'container'])
  })
})

describe('parseFormation', () => {
  it('has the image of each type that runs one', () => {
    expect(parseFormation(FORMATION)).toEqual([
      {type: 'web', quantity: 1, size: 'Standard-1X', image: DIGEST, command: 'node server.js'},
      {type: 'worker', quantity: 2, size: 'Standard-2X'},
    ])
  })
})

describe('parseRelease', () => {
  it('has what tells how a release goes', () => {
    expect(parseRelease(RELEASE)).toEqual({
      id: RELEASE.id,
      version: 11,
      status: 'pending',
      current: false,
      description: 'Deployed web (2ef8bad7ccfa)',
      user: 'user@example.com',
      createdAt: '2026-01-01T12:00:00Z',
      outputStreamUrl: RELEASE.output_stream_url,
      eligibleForRollback: true,
      slug: null,
    })
  })

  it('tells a buildpack release by its slug and leaves open what plain version 3 does not say', () => {
    const release = parseRelease({
      ...RELEASE,
      slug: {id: 'slug-1'},
      output_stream_url: null,
      eligible_for_rollback: undefined,
    })
    expect(release).toMatchObject({slug: 'slug-1', outputStreamUrl: null})
    expect(release).not.toHaveProperty('eligibleForRollback')
  })

  it('puts the newest first', () => {
    const list = [2, 10, 9].map((version) => ({...RELEASE, version}))
    expect(parseReleases(list).map(({version}) => version)).toEqual([10, 9, 2])
  })
})

describe('parseDynos', () => {
  it('knows the release a dyno runs', () => {
    expect(parseDynos([DYNO])).toEqual([
      {
        id: DYNO.id,
        name: 'web.1',
        type: 'web',
        state: 'up',
        release: 12,
        command: DYNO.command,
        createdAt: DYNO.created_at,
        updatedAt: DYNO.updated_at,
      },
    ])
  })
})

describe('an answer that is not what the schema says', () => {
  it.each([
    ['an app without a name', () => parseApp({...APP, name: undefined}), /app without name/],
    ['an account that is null', () => parseAccount(null), /no account/],
    ['a list that is an object', () => parseReleases({releases: []}), /no list of each release/],
    ['a release whose version is a text', () => parseRelease({...RELEASE, version: '11'}), /release without version/],
    ['a dyno without a release', () => parseDynos([{...DYNO, release: null}]), /no release of a dyno/],
  ])('is refused by name: %s', (_, parse, words) => {
    expect(parse).toThrow(UnexpectedAnswer)
    expect(parse).toThrow(words)
  })
})

describe('parseLogLine', () => {
  it.each([
    [
      '2024-01-01T09:03:22.012194+00:00 heroku[web.1]: State changed from starting to up',
      {
        at: '2024-01-01T09:03:22.012194+00:00',
        source: 'heroku',
        dyno: 'web.1',
        text: 'State changed from starting to up',
      },
    ],
    [
      '2024-01-01T09:03:22.012194+00:00 app[api]: Release v5 created by user u@x',
      {at: '2024-01-01T09:03:22.012194+00:00', source: 'app', dyno: 'api', text: 'Release v5 created by user u@x'},
    ],
    [
      '2024-01-01T09:03:22+00:00 app[heroku-postgres]: source=DATABASE sample#memory-total=1kB',
      {
        at: '2024-01-01T09:03:22+00:00',
        source: 'app',
        dyno: 'heroku-postgres',
        text: 'source=DATABASE sample#memory-total=1kB',
      },
    ],
    ['2024-01-01T09:03:22Z app[run.9876]:', {at: '2024-01-01T09:03:22Z', source: 'app', dyno: 'run.9876', text: ''}],
    [
      '2024-01-01T09:03:22Z app[web.1]:   indented [x]: y',
      {at: '2024-01-01T09:03:22Z', source: 'app', dyno: 'web.1', text: '  indented [x]: y'},
    ],
    [
      '    at Object.<anonymous> (server.js:1:1)',
      {at: '', source: '', dyno: '', text: '    at Object.<anonymous> (server.js:1:1)'},
    ],
    ['', {at: '', source: '', dyno: '', text: ''}],
  ])('%s', (line, parsed) => expect(parseLogLine(line)).toEqual(parsed))

  const l11 = 'Error L11 (Tail buffer overflow) -> This tail session dropped 1101 messages since 2024-01-01T09:03:22Z.'
  it.each([
    ['2024-01-01T09:03:22Z heroku[logplex]: ', l11, {dropped: 1101}],
    ['', l11, {dropped: 1101}],
    ['2024-01-01T09:03:22Z app[logplex]: ', 'Error L11', {}],
    ['2024-01-01T09:03:22Z heroku[logplex]: ', 'Error L11 (Tail buffer overflow)', {}],
    ['2024-01-01T09:03:22Z app[web.1]: ', l11, undefined],
    ['2024-01-01T09:03:22Z heroku[router]: ', `path="/${l11}"`, undefined],
    ['2024-01-01T09:03:22Z heroku[web.1]: ', 'Error L110', undefined],
  ])('tells where lines were dropped: %s%s', (start, text, gap) =>
    expect([parseLogLine(start + text).text, parseLogLine(start + text).gap]).toEqual([text, gap]),
  )
})
