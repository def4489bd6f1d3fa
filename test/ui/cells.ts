import {createRequire} from 'node:module'
import {pathToFileURL} from 'node:url'

// What Ink itself measures by: not ours to import in the product, but a judge we did not write.
const inside = createRequire(createRequire(import.meta.url).resolve('ink'))
const {default: stringWidth} = (await import(pathToFileURL(inside.resolve('string-width')).href)) as {
  default: (text: string) => number
}

/** How many cells of a terminal a text takes. */
export const cells = (text: string): number => stringWidth(text)
