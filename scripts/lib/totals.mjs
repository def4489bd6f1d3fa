import {readFile} from 'node:fs/promises'
import path from 'node:path'

import {projectRoot} from './cache.mjs'

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

/**
 * Where a test run spent its time, the longest first: seconds of the test files of each folder, which run side by side.
 * @param {string} report as `readTotals` reads it; of none there is nothing to say
 */
export async function formatAreas(report) {
  const text = await readFile(report, 'utf8').catch(() => '{"testResults": []}')
  /** @type {Map<string, number>} */
  const areas = new Map()
  for (const {endTime, name, startTime} of JSON.parse(text).testResults) {
    const area = path.relative(projectRoot, name).split('/').slice(0, 2).join('/')
    areas.set(area, (areas.get(area) ?? 0) + (endTime - startTime) / 1000)
  }
  const longest = [...areas].sort(([, a], [, b]) => b - a)
  return longest.map(([area, seconds]) => `${seconds.toFixed(0).padStart(12)} s  ${area}`).join('\n')
}
