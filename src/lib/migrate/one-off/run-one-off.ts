import {describeError, OutcomeUnknown, PlatformError} from '../../heroku/errors.js'
import {readRendezvous} from '../../heroku/rendezvous.js'
import {attachedLines} from './attached-lines.js'
import {createOneOff, type Made} from './create.js'
import {findInLog, findListed, findOneOff} from './find.js'
import {judge} from './judge.js'
import {prepare} from './prepare.js'
import type {Source} from './reading.js'
import {NotStarted, type OneOffContext, type OneOffEnd, type OneOffRun} from './types.js'
import {type Watched, watchOneOff} from './watch.js'
import {durationWords, shown} from './words.js'
import {newNonce} from './wrap.js'

/**
 * Runs a command in a one-off dyno, shows what it writes and says how it ended. The dyno is detached, so that a lost connection
 * of ours does not end it; where Heroku gives no log it is attached, and takes no notice of a lost connection.
 * @throws NotStarted when it is certain that nothing was run, also because the signal came before
 */
export async function runOneOff(run: OneOffRun, ctx: OneOffContext): Promise<OneOffEnd> {
  const {command, nonce = newNonce()} = run
  const began = ctx.clock.now()
  let made: Made & {attach: boolean}
  try {
    made = await findOrCreate(run, nonce, ctx)
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw notStarted(run, error)
    return {outcome: 'unknown', ms: ctx.clock.now() - began, why: describeError(error)}
  }

  run.onDyno?.(made.name)
  ctx.progress({message: `${made.name}: ${shown(command)}`})
  return follow(made, {...run, nonce}, began, ctx)
}

/**
 * Follows the dyno that another process made with this nonce to its end, as if it were ours; undefined when none is listed and
 * the log, as far as it goes, names none. @throws errors of the platform
 */
export async function followOneOff(
  run: OneOffRun & {nonce: string},
  ctx: OneOffContext,
): Promise<OneOffEnd | undefined> {
  const name = await findOneOff(run.app, run.nonce, ctx)
  if (name === undefined) return undefined
  return follow({name, attachUrl: null, attach: false}, run, ctx.clock.now(), ctx)
}

async function follow(
  made: Made & {attach: boolean},
  run: OneOffRun & {nonce: string},
  began: number,
  ctx: OneOffContext,
): Promise<OneOffEnd> {
  const {app, nonce, timeoutMs} = run
  const dyno = made.name
  const source = made.attach ? attachedSource(made, ctx) : logSource(app, dyno, ctx)
  const watched = await watchOneOff({app, dyno, nonce, deadline: ctx.clock.now() + timeoutMs, source}, ctx)
  if (watched.how === 'left' && run.onAbort === 'stop') await ctx.platform.stopDyno(app, dyno).catch(() => {})
  return endOf(watched, {dyno, ms: ctx.clock.now() - began}, run)
}

async function findOrCreate(run: OneOffRun, nonce: string, ctx: OneOffContext): Promise<Made & {attach: boolean}> {
  const {app, mayExist} = run
  const request = await prepare(run, nonce, ctx)
  const {attach} = request
  if (mayExist) {
    const name = (await findListed(app, nonce, ctx)) ?? (attach ? undefined : await findInLog(app, nonce, ctx))
    if (name !== undefined) return {name, attachUrl: null, attach}
  }

  return {...(await createOneOff({app, nonce, request}, ctx)), attach}
}

function notStarted({app, command}: OneOffRun, error: unknown): NotStarted {
  const limit = error instanceof PlatformError && error.id === 'cannot_run_above_limit'
  const advice = limit
    ? ` \`heroku ps --app ${app}\` shows the one-off dynos that run: one of them must end first.`
    : ''
  return new NotStarted(`${shown(command)} was not run: ${describeError(error)}${advice}`, {cause: error})
}

function logSource(app: string, dyno: string, {platform}: OneOffContext): Source {
  return {
    lines: (signal) => platform.logs(app, {dyno, lines: 1500, tail: true, signal}),
    log: (signal) => platform.logs(app, {dyno, lines: 1500, tail: false, signal}),
  }
}

function attachedSource({attachUrl, name}: Made, {attach = readRendezvous}: OneOffContext): Source {
  return {
    lines(signal) {
      if (attachUrl === null) throw new Error('where to attach to it was lost with the answer')
      return attachedLines(attach(attachUrl, {signal}), name)
    },
  }
}

function endOf(watched: Watched, who: {dyno: string; ms: number}, {onAbort, timeoutMs}: OneOffRun): OneOffEnd {
  const {how, seen, stopped, trouble} = watched
  if (how === 'left') {
    return {...who, outcome: 'left', why: onAbort === 'stop' ? 'it was told to stop' : 'it goes on by itself'}
  }

  if (how === 'late') {
    const late = `it was not done after ${durationWords(timeoutMs)}`
    if (!stopped) return {...who, outcome: 'unknown', running: true, why: `${late}, and could not be stopped`}
    const status = seen.platform ?? seen.ours
    return {
      ...who,
      outcome: 'failed',
      ...(status === undefined ? {} : {status}),
      stopped: true,
      why: `${late}, so it was stopped`,
    }
  }

  const judgement = judge(seen)
  if (judgement.outcome !== 'unknown' || trouble === undefined) return {...who, ...judgement}
  return {...who, outcome: 'unknown', why: `${judgement.why} (${trouble})`}
}
