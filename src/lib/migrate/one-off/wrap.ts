import {randomBytes} from 'node:crypto'

/** How every line of ours begins that a dyno writes beside the output of its command. */
export const MARKER = 'heroku-pipeline-ship'

export type WrapOptions = {
  /** Tells our lines, and our dyno, from all others. */
  nonce: string
  /** The dyno goes on when its client's connection breaks (platform-facts §5.2). */
  ignoreHup?: boolean
}

/** 16 hex digits. */
export function newNonce(): string {
  return randomBytes(8).toString('hex')
}

/**
 * Which of the two it is, a shell or an ENTRYPOINT that gets words, is asked by a first command: to the latter all that follows
 * are arguments. A shell is replaced: it would be the dyno's first process, whose death is the dyno's, and die of signals that
 * we survive.
 */
const EITHER_WAY = `/bin/sh -c 'test $# = 0 && exit; shift 2; exec "$@"' sh && exec`

/**
 * The command for a dyno that runs `command` as the platform would, says when it begins and with which status it ended, each on
 * a line of its own, and ends with that status. It is the same to a shell and to an ENTRYPOINT that gets it in words, needs only
 * a POSIX shell, and its first word has a slash, so that it is no process type's name (platform-facts §5.1).
 */
export function wrap(command: string, {ignoreHup = false, nonce}: WrapOptions): string {
  const say = (what: string): string => `printf "\\n%s\\n" "${MARKER} ${nonce} ${what}"`
  const script = [
    // A command that ends well after SIGTERM gets the time for it; without a trap the shell goes first and takes it along.
    'trap : TERM',
    ...(ignoreHup ? ['trap "" HUP'] : []),
    say('begin'),
    // A shell of its own: whatever the command does to its shell, and however it is written, this one goes on. One stream keeps
    // the order of what it writes.
    '/bin/sh -c "$1" </dev/null 2>&1',
    's=$?',
    say('end $s'),
    'exit $s',
  ]
  return `${EITHER_WAY} /bin/sh -c ${quote(script.join('; '))} sh ${quote(command)}`
}

/** One word for any POSIX shell, and for Ruby's Shellwords. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
