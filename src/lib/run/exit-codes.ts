/** How a run ends, for scripts: one table that feeds the runner, `--help`, the README and the tests. */
export const EXIT_CODES = {
  done: {code: 0, means: 'done, or nothing to ship'},
  failed: {code: 1, means: 'failed; what was changed has been undone'},
  usage: {code: 2, means: 'wrong usage'},
  refused: {code: 3, means: 'refused; nothing was touched'},
  held: {code: 4, means: 'stuck or held: a person must decide, the last lines say what is left'},
  unchanged: {code: 5, means: 'nothing to ship, with --require-release'},
  overBudget: {code: 6, means: 'memory over the budget (pipeline:memory --max, --max-growth)'},
  interrupted: {code: 130, means: 'interrupted (SIGHUP 129, SIGTERM 143); what was changed has been undone'},
} as const

/** One of the exit codes above; SIGTERM ends in 143 and SIGHUP in 129, 128 + the signal's number as shells have it. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]['code'] | 129 | 143

/** That of a run of a plan: no budget is judged there. */
export type RunExitCode = Exclude<ExitCode, 6>
