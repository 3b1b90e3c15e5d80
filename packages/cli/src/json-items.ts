const tokens = /[[\]{},]|"[^"\\]*(?:\\.[^"\\]*)*"/g

/**
 * The items of a JSON array, each as JSON on one line; of another value, the value itself. Items keep their escapes and all
 * digits of their numbers. They come one by one: parsed as a whole, an array may take sixty times its size.
 *
 * @throws SyntaxError for what is not JSON. The items before it have come by then.
 */
export function* jsonItems(json: string): Generator<string, void> {
  if (!/^\s*\[/.test(json)) return void (yield item(json))
  let depth = 0
  let from = 0
  let count = 0
  let end: number | undefined
  for (const { 0: token, index } of json.matchAll(tokens)) {
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth === 1 && token === '[') from = index + 1
    else if (depth === 1 && token === ',') {
      yield item(json.slice(from, index))
      from = index + 1
      count++
    } else if (depth === 0) {
      if (token === ']') end = index
      break
    }
  }
  const last = json.slice(from, end)
  if (end === undefined || json.slice(end + 1).trim() !== '') throw new SyntaxError('The array has no end, or two.')
  if (count > 0 || last.trim() !== '') yield item(last)
}

function item(json: string): string {
  const value: unknown = JSON.parse(json)
  // A line end may only stand between values.
  return /[\r\n]/.test(json) ? JSON.stringify(value) : json.trim()
}
