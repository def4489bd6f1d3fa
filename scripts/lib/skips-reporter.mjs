/** Says at the end of a run what was skipped and why, each reason once. */
export default class SkipsReporter {
  /** @param {ReadonlyArray<import('vitest/node').TestModule>} modules */
  onTestRunEnd(modules) {
    /** @type {Map<string, number>} */
    const reasons = new Map()
    for (const test of modules.flatMap((module) => [...module.children.allTests('skipped')])) {
      const result = test.result()
      const reason = ('note' in result && result.note) || 'no reason given'
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
    for (const [reason, count] of reasons) console.error(`${count} skipped: ${reason}`)
  }
}
