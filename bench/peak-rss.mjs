// Loaded into a process with NODE_OPTIONS: tells at its end how much memory it had at most, in MB, in the file of PEAK_RSS.
import {writeFileSync} from 'node:fs'

process.on('exit', () => writeFileSync(process.env.PEAK_RSS ?? '', String(process.resourceUsage().maxRSS / 1024)))
