import type { JsonWebKey, KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { expect } from 'vitest'
import { parse } from 'yaml'
import { connectOptionsOf } from '../../src/config/profiles/connect-options-of.js'
import { saveProfile } from '../../src/config/profiles/profiles.js'
import { readSettings } from '../../src/config/profiles/read-settings.js'
import { requireConnectOptions } from '../../src/config/require-connect-options.js'
import type { Environment } from '../../src/environment.js'
import { connect } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'

const page = await readFile(new URL('../../../../docs/signers.md', import.meta.url), 'utf8')

/** Returns the `key` of a profile in docs/signers.md. */
export function recipe(name: string): Record<string, unknown> {
  const blocks = [...page.matchAll(/^```yaml\n(?<code>.*?)^```/gms)].map(({ groups }) => parse(groups?.code ?? ''))
  const found = blocks.find(({ profiles }) => name in profiles)
  if (found === undefined) throw new Error(`docs/signers.md has no profile named ${name}`)
  return found.profiles[name].key
}

/** Returns the public JWK of a key, with the `kid` of a recipe. */
export function publicJwk(publicKey: KeyObject, { jwk }: Record<string, unknown>): JsonWebKey & { kid: string } {
  return { ...publicKey.export({ format: 'jwk' }), kid: (jwk as { kid: string }).kid }
}

/** Gets a token from an org that has the public key, by a profile with this key, and returns how the token was obtained. */
export async function tokenByProfile(key: object, jwk: object, environment: Environment): Promise<string> {
  await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [jwk as JWK] } }] })
  const { clientId } = okta.client('service')
  const profile = { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], key }
  await saveProfile('recipe', profile as never, {}, environment)
  const settings = await readSettings({}, { profile: 'recipe' }, environment)
  const options = requireConnectOptions(await connectOptionsOf(settings, { environment }))
  const deps = { store: createMemoryStore() }
  const session = await connect(options, deps)
  expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
  // A cached token needs no signature: no program is found.
  const cached = { ...options, signer: { ...(options as { signer: object }).signer, sign: () => expect.unreachable() } }
  const { source } = await (await connect(cached as typeof options, deps)).token()
  return source
}
