export { OKTA_SCOPES } from './config/okta-scopes.js'
export type {
  ApiTokenConfig,
  AuthorizationServerConfig,
  ClientConfig,
  ClientKind,
  ClockSetting,
  EmulatorOptions,
  GroupConfig,
  JwksCacheSetting,
  RateLimitBucket,
  RateLimitConfig,
  RefreshTokenPolicy,
  UserConfig,
  UserStatus,
} from './config/options.js'
export type { Controls, Outage } from './control-panel/controls.js'
export type { ActiveFault, FaultHandle, FaultSpec } from './faults/faults.js'
export type { LoggedRequest } from './http/request-log.js'
export type { StaticToken } from './org/api-tokens.js'
export type { EmulatorClient } from './org/apps/app.js'
export type { ClientChanges } from './org/apps/update-app.js'
export type { OrgFeatures } from './org/org.js'
export type { Snapshot } from './org/snapshot.js'
export type { EmulatorUser } from './org/users/user.js'
export { type OktaEmulator, startOktaEmulator } from './start-okta-emulator.js'
export { freePort } from './testing/free-port.js'
export { openedAddress } from './testing/opened-address.js'
export { type BrowserPage, type Credentials, ScriptedBrowser } from './testing/scripted-browser.js'
