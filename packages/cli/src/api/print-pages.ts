import { OktaConnectError, type OktaSession } from '@connect-okta/core'
import { noProgress, showProgress } from '../output/progress.js'
import type { Terminal } from '../output/terminal.js'
import type { ApiRequest } from './api-request.js'
import { jsonItems } from './json-items.js'
import { type Answer, requireFits, requireSuccess, sendRequest } from './send-request.js'

/**
 * Prints the items of every page, each as soon as it is here: one a line, or as one array.
 *
 * @throws {@link OktaConnectError} where a page fails: what is printed by then is not whole, and an array stays open.
 */
export async function printPages(
  session: OktaSession,
  request: ApiRequest,
  { json }: { readonly json: boolean },
  terminal: Terminal,
): Promise<void> {
  if (request.method !== 'GET') {
    throw new OktaConnectError('options_invalid', 'Only GET has pages.', { hint: 'Leave --paginate out.' })
  }
  // Whoever reads them on the same terminal would write into the line that moves.
  using progress = terminal.io.isStdoutPiped ? noProgress : await showProgress('page 1', terminal)
  let items = 0
  let target: string | undefined = request.target
  const seen = new Set<string>()
  if (json) await terminal.write('[')
  for (let page = 1; target !== undefined; page++) {
    const answer: Answer = await sendRequest(session, { ...request, target }, terminal.signal)
    await requireFits(answer, session, 'Ask for fewer items at once, as with -F limit=100.')
    requireSuccess(answer, request)
    for (const batch of batchesOf(answer)) {
      const lines = batch.map((text, index) => (json ? `${items + index > 0 ? ',' : ''}\n${text}` : `${text}\n`))
      await terminal.write(lines.join(''))
      items += batch.length
    }
    progress.update(`page ${page + 1}, ${items} items so far${limitOf(answer)}`)
    target = nextPage(answer, target, session, seen)
  }
  if (json) await terminal.write('\n]\n')
}

// So many items at once that few writes do, and so few that they are small.
const batchLength = 1000

function* batchesOf({ body }: Answer): Generator<readonly string[], void> {
  let batch: string[] = []
  try {
    for (const item of jsonItems(body.start.toString())) {
      if (batch.push(item) < batchLength) continue
      yield batch
      batch = []
    }
  } catch (cause) {
    throw new OktaConnectError('server_failed', 'A page is not JSON.', {
      hint: 'Leave --paginate out to see it.',
      cause,
    })
  }
  yield batch
}

function limitOf({ headers }: Answer): string {
  const [left, limit] = ['remaining', 'limit'].map(name => headers.get(`x-rate-limit-${name}`)?.split(',')[0])
  return left === undefined || limit === undefined ? '' : `, ${left} of ${limit} requests left this minute`
}

// RFC 8288 §3. The token goes to the org alone, whatever a link says.
function nextPage(
  { headers }: Answer,
  current: string,
  { orgUrl }: OktaSession,
  seen: Set<string>,
): string | undefined {
  const links = [...(headers.get('link') ?? '').matchAll(/<([^>]*)>\s*;([^<]*)/g)]
  const next = links.find(([, , parameters = '']) => /(^|;)\s*rel="?(\S+\s+)*next\b/i.test(parameters))?.[1]
  if (next === undefined) return undefined
  const base = new URL(current, orgUrl)
  seen.add(withoutFragment(base))
  if (!URL.canParse(next, base.href)) throw badLink('is not a URL')
  const url = new URL(next, base)
  if (url.origin !== orgUrl.origin) throw badLink(`leads to ${url.origin}, which is not the org`)
  if (seen.has(withoutFragment(url))) throw badLink('leads to a page that was read already')
  return url.href
}

// RFC 9110 §7.1: a request does not include it.
function withoutFragment({ href }: URL): string {
  return href.replace(/#.*/s, '')
}

function badLink(what: string): OktaConnectError {
  return new OktaConnectError('server_failed', `The link to the next page ${what}.`, {
    hint: 'The output is not complete. Get the rest with another request.',
  })
}
