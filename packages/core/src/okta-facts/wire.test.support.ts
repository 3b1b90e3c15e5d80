import { type ClientKeyType, type CommonOptions, generateClientKey } from '../index.js'

/** A fact about the wire, and what shows that we do what it wants. Each row stands alone. */
export type Row = readonly [fact: string, shows: () => Promise<void>]

export const hourMs = 3600_000

/** Sees every request go by. */
export function watching() {
  const requests: { url: URL; body: URLSearchParams; headers: Headers }[] = []
  const watched: typeof fetch = async (input, init) => {
    requests.push({
      url: new URL(String(input)),
      body: new URLSearchParams(String(init?.body ?? '')),
      headers: new Headers(init?.headers),
    })
    return await fetch(input, init)
  }
  return { requests, fetch: watched }
}

/** An answer of the token endpoint that the emulator does not give. */
export const answering = (fields: object, headers: Record<string, string> = {}): typeof fetch => {
  const body = { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.read', ...fields }
  return async () => Response.json(body, { headers })
}

/** What connects a service app to an org that is not asked. */
export async function serviceOptions(type: ClientKeyType = 'P-256'): Promise<CommonOptions> {
  const { privateJwk } = await generateClientKey({ type })
  return { tenant: 'example.okta.com', clientId: '0oa1', jsonWebKey: privateJwk, scopes: ['okta.users.read'] }
}
