import { OktaConnectError, type OktaSession } from '@connect-okta/core'
import { type ApiRequest, type ApiResponse, apiPages } from '@connect-okta/core/api'
import { noProgress, showProgress } from '../output/progress.js'
import type { Terminal } from '../output/terminal.js'
import { jsonItems } from './json-items.js'
import { isWebPage, webPage } from './web-page.js'

/**
 * Prints the items of every page, each page as soon as it is read: one item on each line, or all items as one array.
 *
 * @throws {@link OktaConnectError} for a page that fails: the output is then not complete, and its array has no end.
 */
export async function printPages(
  session: OktaSession,
  request: ApiRequest,
  { json }: { readonly json: boolean },
  terminal: Terminal,
): Promise<void> {
  // A program that reads the items may write to the same terminal, where it would hit the line of the progress.
  using progress = terminal.io.isStdoutPiped ? noProgress : await showProgress('page 1', terminal)
  let pages = 0
  let items = 0
  for await (const page of apiPages(session, request, { signal: terminal.signal })) {
    if (isWebPage(page, request)) throw new OktaConnectError('server_failed', webPage.message, { hint: webPage.hint })
    pages++
    if (json && pages === 1) await terminal.write('[')
    for (const batch of itemBatches(page)) {
      const lines = batch.map((text, index) => (json ? `${items + index > 0 ? ',' : ''}\n${text}` : `${text}\n`))
      await terminal.write(lines.join(''))
      items += batch.length
    }
    progress.update(`page ${pages + 1}, ${items} items so far${rateLimitOf(page)}`)
  }
  if (json) await terminal.write('\n]\n')
}

// Few writes, none of them large.
const batchSize = 1000

function* itemBatches({ body }: ApiResponse): Generator<readonly string[], void> {
  let batch: string[] = []
  try {
    for (const item of jsonItems(body.start.toString())) {
      if (batch.push(item) < batchSize) continue
      yield batch
      batch = []
    }
  } catch (cause) {
    throw new OktaConnectError('server_failed', 'A page is not JSON.', {
      hint: 'To see the response, omit --paginate.',
      cause,
    })
  }
  yield batch
}

function rateLimitOf({ headers }: ApiResponse): string {
  const [left, limit] = ['remaining', 'limit'].map(name => headers.get(`x-rate-limit-${name}`)?.split(',')[0])
  return left === undefined || limit === undefined ? '' : `, ${left} of ${limit} requests left this minute`
}
