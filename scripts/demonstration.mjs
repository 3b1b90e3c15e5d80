import { connect } from '@connect-okta/core'
import { startOktaEmulator } from '@connect-okta/emulator'

/**
 * The main job, as a user does it, against an Okta org on this machine: connect with client credentials, then call
 * the API with the token.
 */
export async function demonstrateHeadless({ asJson }) {
  const say = asJson ? () => {} : text => process.stdout.write(`${text}\n`)
  const emulator = await startOktaEmulator()
  try {
    const { clientId, jwk } = emulator.client('service', { dpop: false })
    const tenant = emulator.orgUrl.origin
    say(`An Okta org runs at ${tenant} (the emulator).`)

    const session = await connect({ tenant, clientId, scopes: ['okta.users.read'], jsonWebKey: jwk })
    const token = await session.token()
    say(`Connected as ${clientId} with client credentials.`)
    say(`  token    ${token.type}, ${token.value.length} characters, valid until ${token.expiresAt.toISOString()}`)
    say(`  scopes   ${token.scopes.join(' ')}`)

    const response = await session.fetch('/api/v1/users')
    const users = await response.json()
    say(`GET /api/v1/users answered ${response.status} with ${users.length} users:`)
    for (const { profile } of users.slice(0, 3)) say(`  ${profile.firstName} ${profile.lastName} <${profile.login}>`)

    await session.disconnect()
    say('Disconnected: the token is revoked.')
    if (asJson) {
      const { type: tokenType, expiresAt, scopes } = token
      const summary = { orgUrl: tenant, grant: session.grant, tokenType, expiresAt, scopes, users: users.length }
      process.stdout.write(`${JSON.stringify(summary)}\n`)
    }
  } finally {
    await emulator.close()
  }
}
