import type { ServiceApp } from '../emulated-org.js'

/** A library that gets tokens: ours, or an alternative. */
export interface Peer {
  readonly what: string
  /** Its name in the npm registry. */
  readonly packageName: string
  /** Its file here. It is loaded only when it is used, because some take long to load. */
  readonly file: string
}

export const ours: Peer = { what: 'connect()', packageName: '@connect-okta/core', file: 'connect-okta' }
export const plainOauth: Peer = { what: 'plain oauth4webapi', packageName: 'oauth4webapi', file: 'oauth4webapi' }
export const openidClient: Peer = { what: 'openid-client', packageName: 'openid-client', file: 'openid-client' }
export const oktaSdk: Peer = {
  what: '@okta/okta-sdk-nodejs',
  packageName: '@okta/okta-sdk-nodejs',
  file: 'okta-sdk-nodejs',
}
export const msal: Peer = { what: '@azure/msal-node', packageName: '@azure/msal-node', file: 'msal-node' }
export const badgateway: Peer = {
  what: '@badgateway/oauth2-client',
  packageName: '@badgateway/oauth2-client',
  file: 'badgateway',
}

/** Gets a first token with a library. */
export type GetToken = (app: ServiceApp) => Promise<string>

export async function load({ file }: Peer): Promise<GetToken> {
  return ((await import(`./${file}.js`)) as { getToken: GetToken }).getToken
}
