/**
 * Yields the items of a JSON array, each as JSON on one line. Yields any other value itself. Items keep their escapes and all
 * digits of their numbers. They are parsed one by one, because a parsed array may need sixty times the memory of its text.
 *
 * @throws SyntaxError for text that is not JSON, after the items before it.
 */
export function* jsonItems(json: string): Generator<string, void> {
  if (!/^\s*\[/.test(json)) return void (yield item(json))
  let depth = 0
  let from = 0
  let count = 0
  let end: number | undefined
  let isInString = false
  // One pass: a regular expression for strings would scan a string without an end again from each of its quotes.
  for (let index = 0; index < json.length && end === undefined; index++) {
    const sign = json[index]
    if (isInString) {
      if (sign === '\\') index++
      else if (sign === '"') isInString = false
    } else if (sign === '"') isInString = true
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
  if (end === undefined || json.slice(end + 1).trim() !== '')
    throw new SyntaxError('The JSON array is incomplete, or is followed by other text.')
  if (count > 0 || last.trim() !== '') yield item(last)
}

function item(json: string): string {
  const value: unknown = JSON.parse(json)
  // JSON allows a line end only between values.
  return /[\r\n]/.test(json) ? JSON.stringify(value) : json.trim()
}
