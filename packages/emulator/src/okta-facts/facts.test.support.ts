import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Answer } from '../relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../start-okta-emulator.js'

export interface Row {
  readonly fact: string
  readonly right: () => Promise<Outcome>
  readonly wrong: () => Promise<Outcome>
  /** What the wrong client is told: status, code, words. */
  readonly refusal: readonly [status: number, code: string | undefined, words: string]
}
type Outcome = Answer | URL | undefined

/** Holds an org to its facts: a right client is let in, a wrong one is told why not. */
export function holdTo(rows: readonly Row[], use: (okta: OktaEmulator) => void): void {
  let okta: OktaEmulator
  beforeAll(async () => {
    okta = await startOktaEmulator({ authorizationServers: [{ id: 'default', scopes: ['orders'] }] })
    use(okta)
  })
  afterEach(() => okta.reset())
  afterAll(() => okta.close())

  it.each(rows)('$fact', async ({ right, wrong, refusal: [status, code, words] }) => {
    const accepted = told(await right())
    expect(accepted.code, accepted.words).toBeUndefined()
    expect([200, 302]).toContain(accepted.status)
    await okta.reset()
    const refused = told(await wrong())
    expect({ status: refused.status, code: refused.code }).toEqual({ status, code })
    expect(refused.words).toContain(words)
  })
}

/** Status, code and words, whether as JSON, by redirect or on a page. */
function told(outcome: Outcome): { status: number; code: string | undefined; words: string } {
  if (outcome === undefined) throw new Error('nobody was told anything')
  if (outcome instanceof URL) {
    const { searchParams } = outcome
    return {
      status: 302,
      code: searchParams.get('error') ?? undefined,
      words: searchParams.get('error_description') ?? '',
    }
  }
  const { status, body, text } = outcome
  const code = body.error ?? body.errorCode
  const words = body.error_description ?? body.errorSummary ?? text
  return { status, code: code === undefined ? undefined : String(code), words: String(words) }
}
