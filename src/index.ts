export {EXIT_CODES, type ExitCode} from './lib/run/exit-codes.js'
