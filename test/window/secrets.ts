import {watchChildren} from '../docker-ship/watch-children.js'

/** What must be nowhere: values, and the passwords in those that are URLs. */
export function secretsIn(vars: Record<string, string>, token: string): string[] {
  const values = Object.values(vars).filter((value) => value.length > 7)
  const passwords = values.flatMap((value) => (URL.canParse(value) ? [new URL(value).password] : []))
  return [token, ...values, ...passwords].filter((secret) => secret !== '')
}

/** Throws with the place, not the secret, when a text holds one. */
export function expectNone(secrets: string[], texts: Record<string, string>): void {
  for (const [place, text] of Object.entries(texts)) {
    const told = secrets.findIndex((secret) => text.includes(secret))
    if (told !== -1) throw new Error(`${place} holds secret number ${told}`)
  }
}

/** The arguments that anybody on the machine could read while a process and its children ran. */
export async function argumentsOf(pid: number, done: Promise<unknown>): Promise<string> {
  const {children, own} = await watchChildren(pid, done, 1500)
  return [...own, ...children].join('\n')
}
