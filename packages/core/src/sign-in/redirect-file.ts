import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OktaConnectError } from '../errors.js'
import { requireTrusted } from '../files/trusted-path.js'

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
 * @throws {@link OktaConnectError} `browser_failed` where there is no folder for it
 */
export async function writeRedirectFile(target: URL, home: string | undefined): Promise<RedirectFile> {
  let cause: unknown
  for (const place of home === undefined ? [tmpdir(), '/tmp'] : [home]) {
    try {
      return await writeIn(place, target)
    } catch (error) {
      cause = error
    }
  }
  throw new OktaConnectError('browser_failed', 'There is no folder for the file that the browser is to open.', {
    hint: 'Set TMPDIR to a folder of your own, or open the address that is shown.',
    cause,
  })
}

async function writeIn(place: string, target: URL): Promise<RedirectFile> {
  if (!isAbsolute(place)) throw new Error('the folder for temporary files is not an absolute path')
  await requireTrusted(place, { isReadOnly: true })
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
