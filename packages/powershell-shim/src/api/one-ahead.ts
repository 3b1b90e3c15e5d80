/**
 * Returns the items of a generator, and requests each item while the one before it is used: PowerShell takes longer to read a page
 * than Okta to send it. Not the second one, so that a pipeline that needs only the first page sends one request.
 */
export async function* oneAhead<T>(items: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  const first = await items.next()
  if (first.done) return
  yield first.value
  let next = items.next()
  try {
    for (;;) {
      const item = await next
      if (item.done) return
      next = items.next()
      // Its error is thrown when it is its turn.
      next.catch(() => {})
      yield item.value
    }
  } finally {
    await items.return()
  }
}
