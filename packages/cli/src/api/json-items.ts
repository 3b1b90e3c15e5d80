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
  let isText = false
  // One pass: a regular expression for strings would scan a string without an end again from each of its quotes.
  for (let index = 0; index < json.length && end === undefined; index++) {
    const sign = json[index]
    if (isText) {
      if (sign === '\\') index++
      else if (sign === '"') isText = false
    } else if (sign === '"') isText = true
    else if (sign === '[' || sign === '{') {
      depth++
      if (depth === 1) from = index + 1
    } else if (sign === ']' || sign === '}') {
      depth--
      if (depth > 0) continue
      if (sign === '}') break
      end = index
    } else if (sign === ',' && depth === 1) {
      yield item(json.slice(from, index))
      from = index + 1
      count++
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
