// Where a test run spent its time: seconds of the test files of each folder, which run side by side. The argument is the report
// of vitest's JSON reporter; of none there is nothing to say.
import {readFile} from 'node:fs/promises'
import path from 'node:path'

import {projectRoot} from './lib/cache.mjs'

const report = await readFile(process.argv[2] ?? '', 'utf8').catch(() => '{"testResults": []}')
/** @type {Map<string, number>} */
const areas = new Map()
for (const {endTime, name, startTime} of JSON.parse(report).testResults) {
  const area = path.relative(projectRoot, name).split('/').slice(0, 2).join('/')
  areas.set(area, (areas.get(area) ?? 0) + (endTime - startTime) / 1000)
}

const longest = [...areas].sort(([, a], [, b]) => b - a)
for (const [area, seconds] of longest) console.log(`${seconds.toFixed(0).padStart(12)} s  ${area}`)
