import {createReadStream} from 'node:fs'

import {PushRefused} from '../../docker/errors.js'
import {messageOf, StepError} from '../../run/errors.js'
import type {Step, StepContext} from '../../run/step.js'
import type {PushedImage} from '../../registry/types.js'
import {type ImageSource, type ShipFacts, shippedTypes} from '../facts.js'
import type {ShipServices} from '../services.js'
import {listOf} from '../../app/words.js'
import {referenceOf} from '../words.js'

/** What lies in the registry now, by process type; `config` is what a release takes. */
export type Pushed = Record<string, PushedImage>

type Context = ShipServices & StepContext
type Transfer = {type: string; source: ImageSource}

/**
 * Pushes the images: one first, then the rest in parallel, so that layers they share travel once (libraries.md §3). Each is read
 * back, because what is released must be what we pushed.
 */
export function pushImages(facts: ShipFacts): Step<ShipServices, null, Pushed> {
  const transfers = facts.images.flatMap((source) => source.types.map((type) => ({type, source})))
  return {
    id: 'push',
    title: `Push ${listOf(shippedTypes(facts))} to ${facts.registry}/${facts.app.name}`,
    failsAs: 'push',
    async run(_seen, ctx) {
      const pushed: Pushed = {}
      const push = async (transfer: Transfer): Promise<void> => {
        pushed[transfer.type] = await pushOne(transfer, facts, ctx)
      }

      const [first, ...rest] = transfers
      if (first) await push(first)
      const outcomes = await Promise.allSettled(rest.map((transfer) => push(transfer)))
      ctx.signal.throwIfAborted()
      const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
      if (failed.length > 0)
        throw new StepError('push', failed.map((error) => messageOf(error)).join('\n'), {cause: failed[0]})
      return Object.fromEntries(shippedTypes(facts).map((type) => [type, pushed[type]!]))
    },
  }
}

async function pushOne(transfer: Transfer, facts: ShipFacts, ctx: Context): Promise<PushedImage> {
  const item = transfer.type
  try {
    const image =
      transfer.source.from === 'archive'
        ? await pushTar(transfer.type, async () => createReadStream(fileOf(transfer.source)), facts, ctx)
        : await pushBuilt(transfer.type, facts, ctx)
    ctx.progress({item, done: 'ok'})
    return image
  } catch (error) {
    ctx.progress({item, done: 'failed'})
    throw new StepError('push', `${item}: ${messageOf(error)}`, {cause: error})
  }
}

const fileOf = (source: ImageSource): string => (source.from === 'archive' ? source.file : '')

/** By the engine; with the containerd image store the registry refuses what it pushes, and our own client takes over. */
async function pushBuilt(type: string, facts: ShipFacts, ctx: Context): Promise<PushedImage> {
  const engine = await ctx.engine()
  const reference = referenceOf(facts, type)
  try {
    const auth = {password: ctx.token, host: facts.registry}
    const {digest} = await engine.push(reference, auth, (progress) => report(type, progress, ctx), ctx.signal)
    const image = await ctx.registry.readImage(repositoryOf(facts, type), ctx.signal)
    if (image.manifest !== digest) {
      throw new Error(
        `Somebody else pushed to ${reference} at the same time: it holds ${image.manifest}, not our ${digest}. Ship again.`,
      )
    }

    return image
  } catch (error) {
    if (!(error instanceof PushRefused) || error.kind !== 'unsupported') throw error
    ctx.log(
      `${facts.registry} does not take the image as the engine pushes it: converting it to Docker schema 2.`,
      type,
    )
    return pushTar(type, () => engine.save(reference, ctx.signal), facts, ctx)
  }
}

function pushTar(
  type: string,
  archive: () => Promise<NodeJS.ReadableStream>,
  facts: ShipFacts,
  ctx: Context,
): Promise<PushedImage> {
  return ctx.registry.pushArchive(
    repositoryOf(facts, type),
    archive,
    (progress) => report(type, progress, ctx),
    ctx.signal,
  )
}

function repositoryOf(facts: ShipFacts, type: string): string {
  return `${facts.app.name}/${type}`
}

function report(
  item: string,
  progress: {current: number; total: number; layers: number; done: number; present: number},
  ctx: Context,
): void {
  const {current, done, layers, present, total} = progress
  // Before the engine has counted there is nothing to say.
  if (total === 0 && done === 0) return
  const there = present > 0 ? `, ${present} already there` : ''
  ctx.progress({item, message: `${done} of ${layers} layers${there}`, current, total, unit: 'bytes'})
}
