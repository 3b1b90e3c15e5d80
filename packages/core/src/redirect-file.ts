import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireTrusted } from './trusted-place.js'

/** A page on this machine that sends the browser to an address which is not for others to see. */
export interface RedirectFile {
  /** What the browser opens. */
  readonly url: URL
  remove(): void
}

/**
 * Writes a page that redirects. The address of a sign-in holds its `state`, and every user can read the arguments of every
 * process: the browser gets this file instead, which only its user can read.
 *
 * @param home the folder for it, in place of the one for temporary files: a browser in a snap reads no other.
 * @throws {@link OktaConnectError} `store_failed` where others could replace it.
 */
export async function writeRedirectFile(target: URL, home: string | undefined): Promise<RedirectFile> {
  const place = home ?? (isAbsolute(tmpdir()) ? tmpdir() : '/tmp')
  requireTrusted(place, { isReadOnly: true })
  const folder = await mkdtemp(join(place, 'connect-okta-'))
  const path = join(folder, 'sign-in.html')
  const remove = () => {
    process.removeListener('exit', remove)
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', remove)
  try {
    await writeFile(path, page(target), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    remove()
    throw error
  }
  return { url: pathToFileURL(path), remove }
}

function page({ href, host }: URL): string {
  const address = escaped(href)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${address}">
<title>Sign in to ${escaped(host)}</title>
<p><a href="${address}">Continue to ${escaped(host)}</a></p>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
