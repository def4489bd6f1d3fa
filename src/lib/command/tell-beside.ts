import {ux} from '@oclif/core'

/** Says something to a person while something is read: oclif keeps back all that is written during an action. */
export function tellBeside(text: string): void {
  void ux.action.pause(() => process.stderr.write(`${text}\n`))
}
