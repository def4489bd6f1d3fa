import {readFile} from 'node:fs/promises'

/**
 * What vitest's JSON reporter counted. A file that could not be loaded counts as one failure: its tests are unknown; so does a
 * run that left no report.
 * @param {string} report
 */
export async function readTotals(report) {
  const text = await readFile(report, 'utf8').catch(() => undefined)
  if (text === undefined) return {passed: 0, failed: 1, skipped: 0}
  const {numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults, success} = JSON.parse(text)
  const unloaded = testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length
  const failed = numFailedTests + unloaded
  return {
    passed: numPassedTests,
    failed: success ? failed : Math.max(1, failed),
    skipped: numPendingTests + numTodoTests,
  }
}

/** @param {{passed: number, failed: number, skipped: number}} totals */
export const formatTotals = ({passed, failed, skipped}) => `${passed} passed, ${failed} failed, ${skipped} skipped`
