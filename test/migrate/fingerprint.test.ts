import {chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {fingerprintMigrations} from '../../src/lib/migrate/fingerprint.js'
import {needs} from '../real/needs.js'

let folder: string
const made: string[] = []
const newFolder = async (): Promise<string> => {
  const temp = await mkdtemp(path.join(tmpdir(), 'fingerprint-'))
  made.push(temp)
  return temp
}
beforeEach(async () => {
  folder = await newFolder()
})
afterEach(async () => {
  await Promise.all(made.splice(0).map((each) => rm(each, {recursive: true, force: true})))
})

const write = async (files: Record<string, string>, root = folder): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), {recursive: true})
    await writeFile(path.join(root, name), content)
  }
}
const of = async (wanted: string, root = folder): Promise<string> => {
  const found = await fingerprintMigrations(root, wanted)
  if ('problem' in found) throw new Error(found.problem)
  return found.fingerprint
}
const problemOf = async (wanted: string): Promise<string> => {
  const found = await fingerprintMigrations(folder, wanted)
  return 'problem' in found ? found.problem : 'none'
}

const RAILS = {'db/migrate/1_a.rb': 'a', 'db/migrate/2_b.rb': 'b', 'db/migrate/old/0_z.rb': 'z', 'app/x.rb': 'x'}

describe('the fingerprint', () => {
  it('is the same for the same files, in whatever order, at whatever time, however the path is written', async () => {
    await write(RAILS)
    const other = await newFolder()
    await write(Object.fromEntries(Object.entries(RAILS).reverse()), other)
    await utimes(path.join(other, 'db/migrate/1_a.rb'), 1, 1)
    await chmod(path.join(other, 'db/migrate/2_b.rb'), 0o755)
    const expected = await of('db/migrate')
    expect(expected).toMatch(/^sha256:[\da-f]{64}$/)
    for (const wanted of ['db/migrate', './db/migrate/', 'app/../db//migrate', path.join(other, 'db/migrate')])
      expect(await of(wanted, other)).toBe(expected)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['a content', () => write({'db/migrate/1_a.rb': 'A'})],
    ['a line end', () => write({'db/migrate/1_a.rb': 'a\n'})],
    ['a new file', () => write({'db/migrate/3_c.rb': ''})],
    ['a name', () => rename(path.join(folder, 'db/migrate/1_a.rb'), path.join(folder, 'db/migrate/1_b.rb'))],
    ['a file deep inside', () => write({'db/migrate/old/0_z.rb': 'Z'})],
    ['a file that goes', () => rm(path.join(folder, 'db/migrate/2_b.rb'))],
  ])('is another one with another %s', async (_what, change) => {
    await write(RAILS)
    const before = await of('db/migrate')
    await change()
    expect(await of('db/migrate')).not.toBe(before)
  })

  it('does not take the end of one file for the beginning of the next', async () => {
    const prints = new Set<string>()
    const alike: Array<Record<string, string>> = [
      {a: 'x', b: 'y'},
      {a: 'xy', b: ''},
      {a: '', b: 'xy'},
      {ab: 'xy'},
      {a: 'xby'},
    ]
    for (const files of alike) {
      const root = await newFolder()
      await write(Object.fromEntries(Object.entries(files).map(([name, content]) => [`m/${name}`, content])), root)
      prints.add(await of('m', root))
    }
    expect(prints.size).toBe(alike.length)
  })

  it('heeds nothing outside the path, and nothing that is no migration', async () => {
    await write(RAILS)
    const before = await of('db/migrate')
    await write({
      'app/x.rb': 'changed',
      'db/schema.rb': 'new',
      'db/migrate/.DS_Store': 'x',
      'db/migrate/__pycache__/1.pyc': 'x',
    })
    expect(await of('db/migrate')).toBe(before)
  })

  it('is of one file as well, and of a folder outside', async () => {
    await write({'app/db/schema.sql': 'create', 'shared/1.sql': 'x'})
    const root = path.join(folder, 'app')
    const before = [await of('db/schema.sql', root), await of('../shared', root)]
    await write({'app/db/schema.sql': 'drop', 'shared/1.sql': 'y'})
    expect(await of('db/schema.sql', root)).not.toBe(before[0])
    expect(await of('../shared', root)).not.toBe(before[1])
  })

  it('takes ü for ü, whichever way a file system writes it', async () => {
    const other = await newFolder()
    await write({'m/u\u0308.sql': 'x'})
    await write({'m/\u00FC.sql': 'x'}, other)
    expect(await of('m')).toBe(await of('m', other))
  })

  it('follows links, and is not caught in a circle', async () => {
    await write({'real/1.sql': 'x', 'm/2.sql': 'y'})
    await symlink('../real/1.sql', path.join(folder, 'm/1.sql'))
    await symlink('../m', path.join(folder, 'm/again'))
    await symlink('m', path.join(folder, 'linked'))
    const before = [await of('m'), await of('linked')]
    await write({'real/1.sql': 'changed'})
    expect(await of('m')).not.toBe(before[0])
    expect(await of('linked')).not.toBe(before[1])
  })
})

describe('a pattern', () => {
  const DJANGO = {
    'shop/migrations/1.py': 'a',
    'blog/migrations/1.py': 'b',
    'blog/views.py': 'v',
    'a/b/migrations/1.py': 'c',
  }

  it.each([
    ['*/migrations', 2],
    ['*/migrations/*.py', 2],
    ['**/migrations/*.py', 3],
    ['[ab]*/migrations', 1],
    ['blog/*', 2],
    ['shop/migrations/?.py', 1],
  ])('%s names %i files', async (wanted, files) => {
    await write(DJANGO)
    expect(await fingerprintMigrations(folder, wanted)).toMatchObject({files})
  })

  it('is of what it matches', async () => {
    await write(DJANGO)
    const before = await of('*/migrations')
    await write({'blog/views.py': 'changed', 'a/b/migrations/1.py': 'changed'})
    expect(await of('*/migrations')).toBe(before)
    await write({'blog/migrations/1.py': 'changed'})
    expect(await of('*/migrations')).not.toBe(before)
  })

  it('is a name where there is a file of that name', async () => {
    await write({'app/[id]/m/1.sql': 'x', 'app/i/m/1.sql': 'y'})
    expect(await fingerprintMigrations(folder, 'app/[id]/m')).toMatchObject({files: 1})
  })
})

describe('a problem names the path', () => {
  it.each([
    ['db/migrate', 'there is no such file or folder'],
    ['db/*/migrate', 'there is no such file or folder'],
    ['app/x.rb/deeper', 'there is no such file or folder'],
    ['empty', 'there is no file in it'],
  ])('%s', async (wanted, said) => {
    await write({'app/x.rb': 'x', 'db/y': 'y'})
    await mkdir(path.join(folder, 'empty'))
    expect(await problemOf(wanted)).toBe(`--migrations-path ${wanted}: ${said}`)
  })

  it('a link that leads nowhere, and a file that nobody may read', async (ctx) => {
    await write({'m/1.sql': 'x'})
    await symlink('nowhere', path.join(folder, 'm/2.sql'))
    expect(await problemOf('m')).toBe("--migrations-path m: m/2.sql can't be read (ENOENT)")
    await rm(path.join(folder, 'm/2.sql'))
    await needs(ctx, 'root')
    // Root reads everything: an ordinary user is who sees it.
    await chmod(folder, 0o755)
    await chmod(path.join(folder, 'm/1.sql'), 0o000)
    process.seteuid!(65_534)
    try {
      expect(await problemOf('m')).toBe("--migrations-path m: m/1.sql can't be read (EACCES)")
    } finally {
      process.seteuid!(0)
    }
  })
})
