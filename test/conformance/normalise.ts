/**
 * The lines a user sees, without what differs from run to run: ids, times, ports, random names, the width of a table. Lines that
 * the stock CLI broke at 80 columns are whole again.
 */
export function normalise(said: string, token: string): string[] {
  return said
    .replaceAll(token, 'TOKEN')
    .replaceAll(/\n › +(?!Warning:|Error:|Error ID:)(?=\S)/g, ' ')
    .split(/\n|(?<=run\.\d{4})(?=Running )/)
    .map((line) => replacements.reduce((text, [from, to]) => text.replaceAll(from, to), line).trim())
    .filter(Boolean)
}

const replacements: Array<[RegExp, string]> = [
  [/^ ›\s*/g, ''],
  [/sha256:[\da-f]{64}/g, 'sha256:DIGEST'],
  [/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID'],
  [/\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00| \+0000)?/g, 'TIME'],
  [/\(~ \S+ ago\)/g, '(AGO)'],
  [/\b(127\.0\.0\.1|localhost):\d+/g, '$1:PORT'],
  [/\b(postgresql|redis)-[a-z]+-[\da-f]{5}\b/g, '$1-NAME'],
  [/\brun\.\d{4}\b/g, 'run.N'],
  [/\b[\da-f]{12}\b/g, 'IMAGE'],
  [/signature=[\da-f]+/g, 'signature=…'],
  [/expires=\d+/g, 'expires=…'],
  [/\s{2,}/g, ' '],
]
