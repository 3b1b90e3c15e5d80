/** Returns the result of `act`, or `undefined` if it throws. */
export function undefinedIfThrows<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
