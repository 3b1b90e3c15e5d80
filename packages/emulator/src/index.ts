export type { StaticToken } from './api-tokens.js'
export type { ClockSetting } from './clock.js'
export type { Controls, Outage } from './controls.js'
export type { EmulatorUser } from './directory.js'
export type { EmulatorClient } from './emulator-client.js'
export type { ActiveFault, FaultHandle, FaultSpec } from './faults/faults.js'
export { freePort } from './free-port.js'
export { openedAddress } from './opened-address.js'
export type {
  ApiTokenConfig,
  AuthorizationServerConfig,
  ClientConfig,
  ClientKind,
  EmulatorOptions,
  RefreshTokenPolicy,
  UserConfig,
} from './options.js'
export type { RateLimitBucket, RateLimitConfig } from './rate-limits.js'
export type { LoggedRequest } from './request-log.js'
export { type BrowserPage, type Credentials, ScriptedBrowser } from './scripted-browser.js'
export { type OktaEmulator, startOktaEmulator } from './start-okta-emulator.js'
export type { ClientChanges } from './update-app.js'
