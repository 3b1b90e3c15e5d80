/** Returns the result of `act`, or `undefined` if it throws. */
export function ifPossible<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
