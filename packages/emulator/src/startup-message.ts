import type { EmulatorClient } from './org/app.js'
import type { OktaEmulator } from './start-okta-emulator.js'

/** What the command prints with `--json`: one line that a program can start from. */
export function greetingJson({ orgUrl, localUrl, clients, users, apiTokens }: OktaEmulator): string {
  return JSON.stringify({
    orgUrl: orgUrl.origin,
    clients: clients.map(({ clientId, kind, dpop, redirectUris, jwk, clientSecret }) => ({
      clientId,
      kind,
      dpop,
      redirectUris,
      jwk,
      clientSecret,
    })),
    users: users.map(({ login, password }) => ({ login, password })),
    apiTokens,
    switchboard: new URL('/_emulator', localUrl).href,
  })
}

/** What the command prints for a person: the org, its apps, its people, and what to do with them. */
export function greetingText({ orgUrl, localUrl, clients, users, apiTokens }: OktaEmulator): string {
  return `An Okta org is running at ${orgUrl.origin}
${orgUrl.origin === localUrl.origin ? '' : `It listens at ${localUrl.origin}: let a proxy lead there, or the URL means the real one.\n`}
Apps
${clients.map(appLine).join('\n')}

People who can sign in
${users.map(user => `  ${user.login}  password ${user.password}${user.assigned ? '' : '  (assigned to no app)'}`).join('\n')}

${apiTokens.map(({ value, login }) => `An API token of ${login}\n  SSWS ${value}\n`).join('\n')}
To let things go wrong, change rules and see what was asked: ${localUrl.origin}/_emulator

The private keys of the service apps come with --json, which says all of this in one line.
What an Okta org refuses, this one refuses in the same words. Ctrl+C ends it; nothing is kept.
`
}

function appLine({ clientId, kind, dpop, redirectUris = [], clientSecret }: EmulatorClient): string {
  const facts = [
    kind === 'service' ? 'client credentials' : 'authorization code',
    ...(dpop ? ['DPoP required'] : []),
    ...redirectUris,
    ...(clientSecret === undefined ? [] : [`secret ${clientSecret}`]),
  ]
  return `  ${clientId}  ${kind.padEnd(7)}  ${facts.join(', ')}`
}
