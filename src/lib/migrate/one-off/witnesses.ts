import type {LogLine} from '../../heroku/types.js'
import {MARKER} from './wrap.js'

/** What was seen of how a one-off dyno ended. */
export type Witnesses = {
  /** Exit status as our wrapper printed it. */
  ours?: number
  /** Exit status as the platform's line has it (platform-facts §5.3). */
  platform?: number
  /** Our wrapper was seen at work: the platform's status is that of the command. */
  begun: boolean
  /** The platform says that the process has exited. */
  ended: boolean
  /** Lines were lost: what is missing proves nothing. */
  lost: boolean
  /** Codes of the platform's errors: `R14`, `R15` (platform-facts §8.4). */
  errors: string[]
}

/** Reads the log of one one-off dyno: takes out what the command wrote, and keeps how it ended. */
export class WitnessReader {
  readonly seen: Witnesses = {begun: false, ended: false, lost: false, errors: []}
  readonly #dyno: string
  readonly #ours: RegExp
  /** Our lines begin with a line break; when the output ended with one already, that makes an empty line. */
  #heldBlank = false

  constructor(dyno: string, nonce: string) {
    this.#dyno = dyno
    this.#ours = new RegExp(`^${MARKER} ${nonce} (?:begin|end (\\d+))$`)
  }

  /** @returns the lines to show */
  read({dyno, gap, source, text}: LogLine): string[] {
    if (gap) {
      this.seen.lost = true
      return [...this.end(), text]
    }

    if (dyno !== this.#dyno) return []
    if (source === 'app') return this.#output(text)
    return source === 'heroku' ? this.#platform(text) : []
  }

  /** The last line to show, if one was held back. */
  end(): string[] {
    const held = this.#heldBlank ? [''] : []
    this.#heldBlank = false
    return held
  }

  /** Witnesses that were found in another reading of the same log. */
  adopt({begun, ended, errors, ours, platform}: Witnesses): void {
    const {seen} = this
    if (ours !== undefined) seen.ours ??= ours
    if (platform !== undefined) seen.platform ??= platform
    seen.begun ||= begun
    seen.ended ||= ended
    for (const code of errors) if (!seen.errors.includes(code)) seen.errors.push(code)
  }

  #output(text: string): string[] {
    const [line, status] = this.#ours.exec(text) ?? []
    if (line !== undefined) {
      this.#heldBlank = false
      this.seen.begun = true
      if (status !== undefined) this.seen.ours = Number(status)
      return []
    }

    const held = this.end()
    if (text !== '') return [...held, text]
    this.#heldBlank = true
    return held
  }

  #platform(text: string): string[] {
    const {seen} = this
    if (text.startsWith('Starting process with command')) {
      // Names come again: what was said before this is about another dyno.
      delete seen.platform
      Object.assign(seen, {ended: false, errors: []})
      return []
    }

    const status = /^Process exited with status (\d+)/.exec(text)?.[1]
    if (status !== undefined) Object.assign(seen, {platform: Number(status), ended: true})
    const code = /^Error (R\d+)\b/.exec(text)?.[1]
    if (code === undefined || seen.errors.includes(code)) return []
    seen.errors.push(code)
    return [...this.end(), text]
  }
}
