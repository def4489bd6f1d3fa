/** A Dockerfile and the process types its image is for. Paths are relative to the project, with `/`. */
export type DockerfileChoice = {dockerfile: string; types: string[]}

/** What a look at a project's Dockerfiles came to; `problems` are reasons to refuse. */
export type DockerfilesChosen = {
  chosen: DockerfileChoice[]
  /** Dockerfiles that are not shipped, and why. */
  leftAlone: Array<{dockerfile: string; why: string}>
  problems: Array<{message: string; fix?: string}>
}

const NAME = /^Dockerfile(?:\.([-\w]+))?$/
/** Names that people use for anything but a process type (platform-facts §1.1: a type matches `[-\w]{1,128}`). */
const NO_TYPE = new Set(['dockerignore'])

/** The process type in a Dockerfile's name: `''` for a plain one, undefined when it is no Dockerfile. */
export function typeInName(file: string): string | undefined {
  const match = NAME.exec(file.slice(file.lastIndexOf('/') + 1))
  if (!match) return undefined
  const type = match[1] ?? ''
  return NO_TYPE.has(type) ? undefined : type
}

/**
 * Decides which Dockerfile makes which process type. Without named types: `Dockerfile` is web, `Dockerfile.<type>` the types of
 * the formation. A named type takes its own file, else `Dockerfile`. Two files for one type are a problem that names both.
 */
export function chooseDockerfiles(input: {files: string[]; named: string[]; formation: string[]}): DockerfilesChosen {
  const {files, formation, named} = input
  const dockerfiles = files.filter((file) => typeInName(file) !== undefined).sort()
  const main = dockerfiles.includes('Dockerfile') ? 'Dockerfile' : undefined
  const found: DockerfilesChosen = {chosen: [], leftAlone: [], problems: []}
  const wanted = named.length > 0 ? [...new Set(named)] : typesWithoutNames(dockerfiles, formation)

  for (const type of wanted) {
    const own = dockerfiles.filter((file) => typeInName(file) === type)
    // Without named types the plain Dockerfile is web's as much as Dockerfile.web is: that is two files for one type.
    const candidates = named.length === 0 && type === 'web' && main ? [main, ...own] : own
    const [dockerfile] = candidates.length > 0 ? candidates : main ? [main] : []
    if (candidates.length > 1) {
      const fix = 'Rename one, or name the type and the file stays the one that bears its name.'
      found.problems.push({message: `${candidates.join(' and ')} are both for ${type}.`, fix})
    } else if (named.length > 0 && own.length === 0 && isUnknown(type, formation)) {
      const known = formation.length > 0 ? ` (${formation.join(', ')})` : ''
      const message = `${type} is not a process type of the app${known}, and there is no Dockerfile.${type}.`
      found.problems.push({message, fix: `Check the spelling, or write a Dockerfile.${type}.`})
    } else if (dockerfile) {
      add(found.chosen, dockerfile, type)
    } else {
      const message =
        type === 'web' ? 'There is no Dockerfile here.' : `There is neither a Dockerfile.${type} nor a Dockerfile here.`
      found.problems.push({
        message,
        fix: 'Run this in the folder of the Dockerfile, or look below it with --recursive.',
      })
    }
  }

  if (wanted.length === 0 && dockerfiles.length > 0) {
    const message = `${dockerfiles.join(', ')}: none is for a process type of the app.`
    found.problems.push({message, fix: 'Name the types to ship, such as heroku pipeline:ship web.'})
  } else if (wanted.length === 0) {
    const fix = 'Run this in the folder of the Dockerfile, or look below it with --recursive.'
    found.problems.push({message: 'There is no Dockerfile here.', fix})
  }

  for (const dockerfile of dockerfiles) {
    if (found.chosen.some((choice) => choice.dockerfile === dockerfile)) continue
    const type = typeInName(dockerfile)
    const why =
      type === ''
        ? 'it names no process type'
        : named.length > 0
          ? `${type} is not named`
          : `${type} is not in the formation`
    found.leftAlone.push({dockerfile, why})
  }

  return found
}

function typesWithoutNames(dockerfiles: string[], formation: string[]): string[] {
  const types = dockerfiles.map((file) => (file === 'Dockerfile' ? 'web' : typeInName(file)!))
  return [...new Set(types.filter((type) => type === 'web' || formation.includes(type)))]
}

/** An app without formation is new: any type may come. `web` and `release` mean something to Heroku in every app. */
function isUnknown(type: string, formation: string[]): boolean {
  return formation.length > 0 && !formation.includes(type) && type !== 'web' && type !== 'release'
}

function add(chosen: DockerfileChoice[], dockerfile: string, type: string): void {
  const same = chosen.find((choice) => choice.dockerfile === dockerfile)
  if (same) same.types.push(type)
  else chosen.push({dockerfile, types: [type]})
}
