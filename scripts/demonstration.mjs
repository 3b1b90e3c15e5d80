import { connect } from '../packages/core/dist/bundle/index.js'
import { openBrowser } from '../packages/core/dist/bundle/sign-in.js'
import { startOktaEmulator } from '../packages/emulator/dist/index.js'

/**
 * Connects to an emulated Okta org, and calls its API with the token.
 *
 * @param inBrowser sign a user in with the system browser, instead of connecting a program with its key.
 * @param asJson print one JSON document to stdout, and messages to stderr.
 */
export async function demonstrate({ inBrowser, asJson }) {
  const print = text => (asJson ? process.stderr : process.stdout).write(`${text}\n`)
  // A reader that closes the pipe early, such as head, is not a failure.
  process.stdout.on('error', () => process.exit(0))
  const emulator = await startOktaEmulator()
  try {
    const tenant = emulator.orgUrl.origin
    print(`Started an emulated Okta org at ${tenant}.`)
    const { clientId, ...options } = inBrowser ? userApp(emulator, print) : serviceApp(emulator)

    const openOrPrint = async (url, signal) => {
      print(`If no browser opens, go to:\n  ${url}`)
      await openBrowser(url, { signal }).catch(error => print(error.message))
    }
    const settings = { tenant, clientId, scopes: ['okta.users.read'], ...options }
    const session = await connect(settings, { openBrowser: openOrPrint })
    const token = await session.token()
    print(`Connected as ${clientId} (${session.grant.replaceAll('_', ' ')}).`)
    print(`  token    ${token.type}, ${token.value.length} characters, valid until ${token.expiresAt?.toISOString()}`)
    print(`  scopes   ${token.scopes.join(' ')}`)

    const response = await session.fetch('/api/v1/users')
    const users = await response.json()
    print(`GET /api/v1/users returned ${response.status} with ${users.length} users:`)
    for (const { profile } of users.slice(0, 3)) print(`  ${profile.firstName} ${profile.lastName} <${profile.login}>`)

    await session.disconnect()
    print('Disconnected. The token was revoked.')
    if (!asJson)
      print('\nNext:\n  npm start -- --browser   sign in as a user\n  npm start -- login       connect to your own org')
    if (asJson) {
      const { type: tokenType, expiresAt, scopes } = token
      const summary = { orgUrl: tenant, grant: session.grant, tokenType, expiresAt, scopes, users: users.length }
      process.stdout.write(`${JSON.stringify(summary)}\n`)
    }
  } finally {
    await emulator.close()
  }
}

function serviceApp(emulator) {
  const { clientId, jwk } = emulator.client('service', { dpop: false })
  return { clientId, jsonWebKey: jwk }
}

function userApp(emulator, print) {
  const [{ login, password }] = emulator.users
  print(`Sign in with the username ${login} and the password ${password}.`)
  return { clientId: emulator.client('spa').clientId }
}
