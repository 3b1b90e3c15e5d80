import { orAborted } from '../http/abort.js'

/** Lets one caller a key in at a time, in the order of arrival, within this process. */
export class KeyQueue {
  readonly #tails = new Map<string, Promise<void>>()

  /**
   * Runs `use` when all earlier callers of the same key have ended, well or badly.
   *
   * @throws {@link OktaConnectError} `cancelled` when the signal fires before it is this caller's turn.
   */
  async run<T>(key: string, use: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    let leave = () => {}
    const here = new Promise<void>(resolve => {
      leave = resolve
    })
    const tail = before.then(() => here)
    this.#tails.set(key, tail)
    try {
      await orAborted(before, signal)
      return await use()
    } finally {
      leave()
      // Only when those before have left too: who gave up waiting is the last in line, and somebody may still be inside.
      tail.then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key)
      })
    }
  }
}
