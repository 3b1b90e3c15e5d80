import { orAborted } from '../http/abort.js'

/** Runs one function at a time for each key, in the order of the calls, within this process. */
export class KeyQueue {
  readonly #tails = new Map<string, Promise<void>>()

  /**
   * Runs `use` after all earlier calls for the same key.
   *
   * @throws {@link OktaConnectError} `cancelled` if the signal fires before `use` starts
   */
  async run<T>(key: string, use: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    let release = () => {}
    const released = new Promise<void>(resolve => {
      release = resolve
    })
    const tail = before.then(() => released)
    this.#tails.set(key, tail)
    try {
      await orAborted(before, signal)
      return await use()
    } finally {
      release()
      // Not at once: after a cancelled wait, an earlier call may still be running.
      tail.then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key)
      })
    }
  }
}
