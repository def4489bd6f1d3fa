import {EXIT_CODES} from '../run/exit-codes.js'

/** The exit codes as every `--help` shows them. */
export const exitCodesHelp = [
  'EXIT CODES',
  ...Object.values(EXIT_CODES).map(({code, means}) => `${String(code).padEnd(3)}  ${means}`),
].join('\n')
