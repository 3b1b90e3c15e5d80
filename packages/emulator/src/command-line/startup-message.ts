import type { EmulatorClient } from '../org/apps/app.js'
import type { OktaEmulator } from '../start-okta-emulator.js'

/** The output of `okta-emulator --json`: one line for programs. */
export function startupJson({ orgUrl, localUrl, clients, users, apiTokens }: OktaEmulator): string {
  return JSON.stringify({
    orgUrl: orgUrl.origin,
    clients: clients.map(({ clientId, kind, dpop, redirectUris, jwk, clientSecret, jwksUri }) => ({
      clientId,
      kind,
      dpop,
      redirectUris,
      jwk,
      clientSecret,
      jwksUri,
    })),
    users: users.map(({ login, password }) => ({ login, password })),
    apiTokens,
    controlPanel: new URL('/_emulator', localUrl).href,
  })
}

/** The output of `okta-emulator` on a terminal: the org, its apps, its users and its API tokens. */
export function startupText({ orgUrl, localUrl, clients, users, apiTokens }: OktaEmulator): string {
  return `Okta emulator running at ${orgUrl.origin}
${orgUrl.origin === localUrl.origin ? '' : `Listening on ${localUrl.origin}. Configure a proxy to forward requests for the org URL to this address.\n`}
Apps
${clients.map(appLine).join('\n')}

Users
${users.map(user => `  ${user.login}  password ${user.password}${user.assigned ? '' : '  (not assigned to any app)'}`).join('\n')}

${apiTokens.map(({ value, login }) => `API token of ${login}\n  SSWS ${value}\n`).join('\n')}
Control panel (simulate failures, change settings, view requests): ${localUrl.origin}/_emulator

The private keys of the service apps are not shown. To print them, stop the emulator
and start it with --json. Press Ctrl+C to stop. Nothing is saved.
`
}

function appLine({ clientId, kind, dpop, redirectUris = [], clientSecret, jwksUri }: EmulatorClient): string {
  const details = [
    kind === 'service' ? 'client credentials' : 'authorization code',
    ...(dpop ? ['DPoP required'] : []),
    ...redirectUris,
    ...(clientSecret === undefined ? [] : [`secret ${clientSecret}`]),
    ...(jwksUri === undefined ? [] : [`keys at ${jwksUri}`]),
  ]
  return `  ${clientId}  ${kind.padEnd(7)}  ${details.join(', ')}`
}
