/** A map whose entries end by themselves, with a maximum size: when it is full, the oldest are dropped. */
export class ExpiringMap<T extends { readonly endsAt: number }> {
  // In the order in which they were put in.
  readonly #entries = new Map<string, T>()
  readonly #max: number
  readonly #now: () => number

  /** @param now the clock that `endsAt` is read from, in milliseconds. */
  constructor(max: number, now: () => number) {
    this.#max = max
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
    if (this.#entries.size > this.#max) this.#makeRoom()
    return entry
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  /** Whether the next entry would push out another one that has not ended. */
  get isFull(): boolean {
    if (this.#entries.size < this.#max) return false
    this.#dropEnded()
    return this.#entries.size >= this.#max
  }

  #makeRoom(): void {
    this.#dropEnded()
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#max * 0.9) return
      this.#entries.delete(key)
    }
  }

  #dropEnded(): void {
    for (const key of this.#entries.keys()) this.get(key)
  }
}
