import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OktaConnectError } from '../errors.js'
import { requireTrusted } from '../files/trusted-path.js'

/** A page on this machine that redirects the browser to a URL that other users must not see. */
export interface RedirectFile {
  /** The URL of the page. */
  readonly url: URL
  remove(): void
}

/**
 * Writes a page that redirects. The URL of a sign-in contains its `state`, and every user can read the arguments of every process:
 * the browser gets this file instead, which only its user can read.
 *
 * @param home the folder to use in place of the one for temporary files, which a browser in a snap cannot read.
 * @throws {@link OktaConnectError} `browser_failed` if there is no usable folder
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
  throw new OktaConnectError(
    'browser_failed',
    'No folder is available for the temporary file that opens the browser.',
    {
      hint: 'Set TMPDIR to a folder that you own, or open the URL that is shown.',
      cause,
    },
  )
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
