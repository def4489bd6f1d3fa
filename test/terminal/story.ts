/** What is on a terminal without what differs from run to run: durations, ports, digests, the animation, the log's order. */
export function evened(text: string): string {
  return text
    .replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠿')
    .replaceAll(/\d+\.\ds/g, '0.0s')
    .replaceAll(/stable for \d+/g, 'stable for 0')
    .replaceAll(/localhost:\d+/g, 'localhost:5055')
    .replaceAll(/\b[\da-f]{12}\b/g, '0123456789ab')
    .replaceAll(/(?: {2}│ .*\n)+/g, '  │ …\n')
}
