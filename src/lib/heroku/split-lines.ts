/** Collects text in pieces and gives its lines, without their ends (LF or CRLF). */
export class LineSplitter {
  #rest = ''

  /** The lines that are complete now. */
  push(text: string): string[] {
    const parts = (this.#rest + text).split('\n')
    this.#rest = parts.pop()!
    return parts.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  }

  /** The last, unfinished line, if there is one. */
  end(): string[] {
    const rest = this.#rest
    this.#rest = ''
    return rest ? [rest] : []
  }
}
