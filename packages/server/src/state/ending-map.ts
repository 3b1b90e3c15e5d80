/** A map whose entries end by themselves, and which has so many at most: when it is full the oldest go. */
export class EndingMap<T extends { readonly endsAt: number }> {
  // In the order in which they were put in.
  readonly #entries = new Map<string, T>()
  readonly #most: number
  readonly #now: () => number

  /** @param now the time in which `endsAt` is, in milliseconds since 1970. */
  constructor(most: number, now: () => number) {
    this.#most = most
    this.#now = now
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.endsAt > this.#now()) return entry
    this.#entries.delete(key)
    return undefined
  }

  put(key: string, entry: T): T {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    if (this.#entries.size > this.#most) this.#makeRoom()
    return entry
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  // What has ended goes first, then the oldest.
  #makeRoom(): void {
    for (const key of this.#entries.keys()) this.get(key)
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#most * 0.9) return
      this.#entries.delete(key)
    }
  }
}
