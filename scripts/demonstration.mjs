import { connect } from '../packages/core/dist/bundle/index.js'
import { startOktaEmulator } from '../packages/emulator/dist/index.js'

/**
 * The main job, as a user does it, against an Okta org on this machine: connect, then call the API with the token.
 *
 * @param inBrowser sign in as a person, in the system's browser, instead of as a service with its key.
 * @param asJson print one JSON document on stdout, and what a person must read on stderr.
 */
export async function demonstrate({ inBrowser, asJson }) {
  const say = text => (asJson ? process.stderr : process.stdout).write(`${text}\n`)
  // A reader that has seen enough, such as head, is no failure.
  process.stdout.on('error', () => process.exit(0))
  const emulator = await startOktaEmulator()
  try {
    const tenant = emulator.orgUrl.origin
    say(`An Okta org runs at ${tenant} (the emulator).`)
    const { clientId, ...options } = inBrowser ? aPerson(emulator, say) : aService(emulator)

    const session = await connect({ tenant, clientId, scopes: ['okta.users.read'], ...options })
    const token = await session.token()
    say(`Connected as ${clientId} with ${session.grant.replaceAll('_', ' ')}.`)
    say(`  token    ${token.type}, ${token.value.length} characters, valid until ${token.expiresAt?.toISOString()}`)
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

function aService(emulator) {
  const { clientId, jwk } = emulator.client('service', { dpop: false })
  return { clientId, jsonWebKey: jwk }
}

function aPerson(emulator, say) {
  const [{ login, password }] = emulator.users
  say(`Sign in, in the browser, as ${login} with the password ${password}`)
  return { clientId: emulator.client('spa').clientId }
}
