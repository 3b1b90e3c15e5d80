/** Takes a screenshot. On a busy machine Chromium sometimes reports "Unable to capture screenshot": then it is tried again. */
export async function screenshot<Options>(
  page: { screenshot(options: Options): Promise<unknown> },
  options: Options,
): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    try {
      await page.screenshot(options)
      return
    } catch (error) {
      if (attempts === 3 || !String(error).includes('Unable to capture screenshot')) throw error
    }
  }
}
