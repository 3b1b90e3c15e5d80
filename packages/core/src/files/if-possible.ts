/** What `act` returns; `undefined` where it throws. */
export function ifPossible<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
