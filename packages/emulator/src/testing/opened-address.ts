import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Returns the address that a program opens in the browser: the URL, or the redirect target when the URL is of an HTML file.
 *
 * @param argument the argument of the `BROWSER` command
 * @throws {Error} when the HTML file has no redirect
 * @example
 * const authorizeUrl = openedAddress(process.argv[2])
 */
export function openedAddress(argument: string): URL {
  const url = new URL(argument)
  if (url.protocol !== 'file:') return url
  const page = readFileSync(fileURLToPath(url), 'utf8')
  const address = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page)?.[1]
  if (address === undefined) throw new Error('The HTML file has no redirect.')
  return new URL(address.replace(/&#(\d+);/g, (_match, code: string) => String.fromCharCode(Number(code))))
}
