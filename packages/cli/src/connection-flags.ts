import type { ResumeOptions } from '@connect-okta/core'
import type { Argv } from 'yargs'
import { readKey } from './read-key.js'

const dpopModes = ['auto', 'always', 'never'] as const

/** The flags that say which connection is meant. */
export interface ConnectionFlags {
  readonly tenant?: string | undefined
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly authorizationServer?: string | undefined
  readonly dpop?: (typeof dpopModes)[number] | undefined
  readonly jwkFile?: string | undefined
  readonly store: string
  readonly json: boolean
}

/** Adds the {@link ConnectionFlags} to a command. */
export function withConnectionFlags<T>(yargs: Argv<T>) {
  return yargs.options({
    tenant: { type: 'string', requiresArg: true, describe: 'The org: example.okta.com' },
    'client-id': { type: 'string', requiresArg: true, describe: 'The client id of the app' },
    scopes: {
      type: 'string',
      array: true,
      requiresArg: true,
      alias: 'scope',
      describe: 'What the token is for; at login okta.users.manage unless said',
    },
    'authorization-server': { type: 'string', requiresArg: true, describe: 'The id of a custom authorization server' },
    dpop: { choices: dpopModes, describe: 'Whether tokens are bound to a key; auto does as the app demands' },
    'jwk-file': { type: 'string', requiresArg: true, describe: 'The private key, JWK or PEM; - reads stdin' },
  })
}

/** What the flags say, with the key read from where it is. Flags that were left out are left out here too. */
export async function readConnection(flags: ConnectionFlags, signal: AbortSignal): Promise<ResumeOptions> {
  const { tenant, clientId, scopes, authorizationServer, dpop, jwkFile } = flags
  return {
    ...(tenant !== undefined && { tenant }),
    ...(clientId !== undefined && { clientId }),
    ...(scopes !== undefined && { scopes }),
    ...(authorizationServer !== undefined && { authorizationServer }),
    ...(dpop !== undefined && { dpop }),
    ...(jwkFile !== undefined && { jsonWebKey: await readKey(jwkFile, signal) }),
  }
}
