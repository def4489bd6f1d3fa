import path from 'node:path'

import {BuildFailed} from '../../docker/errors.js'
import type {BuildRequest, Engine} from '../../docker/types.js'
import {imageLabels} from '../../migrate/migrations-unchanged.js'
import {messageOf, StepError} from '../../run/errors.js'
import type {Step, StepContext} from '../../run/step.js'
import type {ImageSource, ShipFacts} from '../facts.js'
import type {ShipServices} from '../services.js'
import {listOf} from '../../app/words.js'
import {nameOf, referenceOf} from '../words.js'

type Dockerfile = Extract<ImageSource, {from: 'dockerfile'}>

/** What was built: an image's id as the engine names it, per process type. */
export type Built = Array<{type: string; reference: string; imageId: string}>

/** Builds every image in parallel, each Dockerfile once however many process types it is for. */
export function buildImages(facts: ShipFacts): Step<ShipServices, null, Built> {
  const sources = facts.images.filter((image): image is Dockerfile => image.from === 'dockerfile')
  return {
    id: 'build',
    title: sources.length === 1 ? `Build ${nameOf(sources[0]!)}` : `Build ${sources.length} images`,
    failsAs: 'build',
    async run(_seen, ctx) {
      const engine = await ctx.engine()
      const outcomes = await Promise.allSettled(sources.map((source) => buildOne(engine, source, facts, ctx)))
      const failed = outcomes.flatMap((outcome, index) => {
        return outcome.status === 'rejected' ? [{source: sources[index]!, error: outcome.reason as unknown}] : []
      })
      ctx.signal.throwIfAborted()
      if (failed.length > 0) {
        const message = failed.map(({error, source}) => `${nameOf(source)}: ${whyFailed(source, error)}`).join('\n')
        throw new StepError('build', message, {cause: failed[0]!.error})
      }

      return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
    },
    summary: (built) => listOf(built.map(({type}) => type)),
  }
}

async function buildOne(
  engine: Engine,
  source: Dockerfile,
  facts: ShipFacts,
  ctx: ShipServices & StepContext,
): Promise<Built> {
  const item = nameOf(source)
  const references = source.types.map((type) => referenceOf(facts, type))
  const request: BuildRequest = {
    context: source.context,
    dockerfile: source.dockerfile,
    args: ctx.args,
    noCache: facts.noCache,
    tags: references,
    ...(facts.target ? {target: facts.target} : {}),
    ...(facts.migrations ? {labels: imageLabels({migrations: facts.migrations})} : {}),
  }
  try {
    const {imageId} = await engine.build(
      request,
      {
        onStep: ({done, message, total}) => ctx.progress({item, message, current: done, total, unit: 'steps'}),
        onLog: (line) => ctx.log(line, item),
      },
      ctx.signal,
    )
    ctx.progress({item, done: 'ok'})
    return source.types.map((type, index) => ({type, reference: references[index]!, imageId}))
  } catch (error) {
    const step = stepOf(error)
    ctx.progress({item, done: 'failed', ...(step ? {message: step} : {})})
    throw error
  }
}

const stepOf = (error: unknown): string | undefined => (error instanceof BuildFailed ? error.vertex : undefined)

/** Names the file and the step; neither is shortened here, because half a secret would not be seen as one. */
function whyFailed({dockerfile}: Dockerfile, error: unknown): string {
  const file = path.relative(process.cwd(), dockerfile)
  const step = stepOf(error)
  return `${file} fails${step ? ` at ${step}` : ''}: ${messageOf(error)}`
}
