import { describe, expect, it } from 'vitest'
import { parseList } from '../../src/config/parse-list.js'
import { proxyFor } from '../../src/http/proxy-settings.js'
import { isOktaConnectError } from '../../src/index.js'
import { parseClientKey } from '../../src/keys/client-key.js'
import { hasPlaceholder } from '../../src/placeholder.js'
import { unquoted } from '../../src/unquoted.js'

const count = 200_000
const texts = [
  '{',
  '[',
  '\\',
  '"',
  ' ',
  '\n',
  'a',
  '-',
  '%',
  '<',
  '$',
  '\u200B',
  ', ',
  '\\n',
  '{"',
  '-----BEGIN ',
  "' + ",
  '> \n',
]

// A quadratic reader needs many minutes.
const timeout = 120_000

async function expectToEnd(read: (text: string) => Promise<unknown>): Promise<void> {
  for (const part of texts) {
    const text = `x${part.repeat(count / part.length)}x`
    const error = await read(text).then(
      () => undefined,
      (caught: unknown) => caught,
    )
    expect(error === undefined || isOktaConnectError(error), `${JSON.stringify(part)}: ${error}`).toBe(true)
  }
}

describe('a long text of one repeated part', () => {
  it('is read as a key in reasonable time', { timeout }, async () => {
    await expectToEnd(async jsonWebKey => parseClientKey({ jsonWebKey }))
    await expectToEnd(async text => parseClientKey({ jsonWebKey: text.slice(1, -1) }))
  })

  it('is read as a list, a placeholder or a quoted text in reasonable time', { timeout }, async () => {
    await expectToEnd(async text => parseList(text))
    await expectToEnd(async text => hasPlaceholder(text))
    await expectToEnd(async text => unquoted(text.slice(1, -1)))
  })

  it('is read as NO_PROXY in reasonable time', { timeout }, async () => {
    const variables = (NO_PROXY: string) => ({ HTTPS_PROXY: 'proxy.example', NO_PROXY })
    await expectToEnd(async text => proxyFor(new URL('https://a.okta.com'), variables(text)))
    await expectToEnd(async text =>
      proxyFor(new URL('https://a.okta.com'), variables(`${text.slice(0, 1000)}:`.repeat(100))),
    )
  })
})
