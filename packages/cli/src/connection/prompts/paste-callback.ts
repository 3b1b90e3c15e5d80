import { get, type IncomingMessage } from 'node:http'
import type { Terminal } from '../../output/terminal.js'
import { askUrl } from './ask-url.js'

/**
 * Asks for the URL of the last page in the browser, until the sign-in has ended, and requests it here: the browser of another
 * machine cannot reach this one.
 *
 * @param redirectUri where this program waits for the callback.
 * @param received fires when the callback has arrived. Notes about the token may follow.
 * @param end fires when the sign-in has ended.
 */
export async function pasteCallback(
  redirectUri: string,
  received: AbortSignal,
  end: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  terminal.error(
    'Open the URL in any browser. If the browser is on another machine, the last page does not load. Copy its URL, and paste it ' +
      'here.',
  )
  let signal = AbortSignal.any([received, end])
  while (!signal.aborted) {
    const text = (await askUrl('URL of the last page: ', signal, terminal)).replaceAll(/[\s"']/g, '')
    // At Ctrl+D, the browser of this machine may still complete the sign-in.
    if (text === '') return
    if (!text.startsWith(`${redirectUri}?`) || !URL.canParse(text)) {
      terminal.error(`This is not the URL of the last page, which begins with ${redirectUri}?`)
      continue
    }
    const { statusCode = 0, headers } = await responseOf(text, end)
    if (statusCode < 300) return
    if (statusCode === 302) {
      terminal.error(`Then open this URL:\n  ${headers.location}`)
      signal = end
    } else if (statusCode >= 400) terminal.error('This URL is from a different sign-in, or the sign-in failed.')
  }
}

// Without the proxy of the network, which cannot reach this machine.
async function responseOf(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const request = get(url, { signal, agent: false }, response => {
      response.resume()
      resolve(response)
    })
    request.on('error', reject)
  })
}
