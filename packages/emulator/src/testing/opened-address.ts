import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The address at which a browser ends that a program opens: the argument itself, or where the page in a file redirects to.
 *
 * @param argument a URL, as `BROWSER` gets it.
 * @throws {Error} for a file whose page does not redirect.
 * @example
 * const authorizeUrl = openedAddress(process.argv[2])
 */
export function openedAddress(argument: string): URL {
  const url = new URL(argument)
  if (url.protocol !== 'file:') return url
  const page = readFileSync(fileURLToPath(url), 'utf8')
  const address = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page)?.[1]
  if (address === undefined) throw new Error('the page in the file does not redirect')
  return new URL(address.replace(/&#(\d+);/g, (_match, code: string) => String.fromCharCode(Number(code))))
}
