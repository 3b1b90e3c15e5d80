import { buildDirectory, type EmulatorUser, enrolUser, type Person } from './directory.js'
import { DpopNonces } from './dpop-nonces.js'
import { type AppRegistration, registerApp } from './emulator-client.js'
import { TokenStore } from './oidc/token-store.js'
import { oktaId } from './okta-id.js'
import { DEFAULT_CLIENTS, DEFAULT_USERS, type EmulatorOptions } from './options.js'
import { RequestLog } from './request-log.js'
import { UsedOnce } from './used-once.js'

/** Everything one emulated org knows. Nothing is shared between two orgs in one process. */
export interface Org {
  readonly id: string
  /** The org URL, which is the issuer too. */
  readonly url: URL
  readonly apps: ReadonlyMap<string, AppRegistration>
  readonly users: readonly EmulatorUser[]
  readonly directory: readonly Person[]
  readonly tokens: TokenStore
  /** Which DPoP key each sign-in's tokens are bound to, by grant. */
  readonly boundGrants: Map<string, string>
  readonly nonces: DpopNonces
  readonly assertionIds: UsedOnce
  readonly proofIds: UsedOnce
  readonly log: RequestLog
  readonly tokenLifetimeSeconds: number
  readonly sendIssuer: boolean
  readonly bindUnaskedProofs: boolean
}

/** Builds an org from its options; keys of several apps are made side by side. */
export async function buildOrg(url: URL, options: EmulatorOptions): Promise<Org> {
  const users = (options.users ?? DEFAULT_USERS).map(enrolUser)
  const apps = await Promise.all((options.clients ?? DEFAULT_CLIENTS).map(config => registerApp(config, users)))
  return {
    id: oktaId('00o'),
    url,
    apps: new Map(apps.map(app => [app.clientId, app])),
    users,
    directory: buildDirectory(users, options.people ?? 25),
    tokens: new TokenStore({ refreshGraceSeconds: options.refreshGraceSeconds ?? 30 }),
    boundGrants: new Map(),
    nonces: new DpopNonces(),
    assertionIds: new UsedOnce(),
    proofIds: new UsedOnce(),
    log: new RequestLog(),
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
    sendIssuer: options.sendIssuer ?? false,
    bindUnaskedProofs: options.bindUnaskedProofs ?? false,
  }
}
