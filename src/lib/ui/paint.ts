import {app} from '@heroku/heroku-cli-util/color'

/** What a piece of text means; how that looks is decided here and nowhere else. */
export type Tone = 'app' | 'bad' | 'busy' | 'command' | 'dim' | 'good' | 'strong' | 'warn'

/** Puts one line's text in the colours of its meaning, or leaves it as it is. */
export type Paint = Record<Tone, (text: string) => string>

// The basic colours, which every terminal theme makes readable; app names look as everywhere in the Heroku CLI.
const sgr =
  (on: number, off = 39) =>
  (text: string) =>
    text && `\u001B[${on}m${text}\u001B[${off}m`

const inColour: Paint = {
  app,
  bad: sgr(31),
  busy: sgr(36),
  command: sgr(36),
  dim: sgr(2, 22),
  good: sgr(32),
  strong: sgr(1, 22),
  warn: sgr(33),
}

const same = (text: string) => text
const asItIs: Paint = {
  app: same,
  bad: same,
  busy: same,
  command: same,
  dim: same,
  good: same,
  strong: same,
  warn: same,
}

/** The paint for a stream that takes colours, or for one that does not. */
export const paintFor = (colour: boolean): Paint => (colour ? inColour : asItIs)
