export type { Account } from './stores/account.js'
export { type ApiBody, maxApiBodyBytes } from './api/api-body.js'
export type { ApiErrorDetails } from './api/api-error.js'
export { apiPages } from './api/api-pages.js'
export type { ApiRequest } from './api/api-request.js'
export {
  type ApiCallOptions,
  type ApiResponse,
  callApi,
  requireWholeBody,
  restOfBody,
  succeeded,
} from './api/call-api.js'
export { jsonBodyOf, type RequestField, withQuery } from './api/request-fields.js'
export { networkError } from './http/bounded-fetch.js'
export type { ClientKeyAlgorithm, ClientKeySource, ClientSigner } from './keys/client-key.js'
export { connect } from './connect.js'
export type {
  ApiTokenOptions,
  AuthorizationCodeOptions,
  ClientCredentialsOptions,
  CommonOptions,
  ConnectOptions,
  DeviceCodeOptions,
  OAuthOptions,
  ResumeOptions,
  UserGrantOptions,
} from './config/connect-options.js'
export {
  type CallbackUrlPrompt,
  type Deps,
  type DeviceCodePrompt,
  defaultFetch,
  defaultStateDirectory,
  type Notice,
  type Notify,
  type Surroundings,
} from './deps.js'
export { diagnose } from './diagnose/diagnose.js'
export { type CheckName, checkNames, type Finding } from './diagnose/finding.js'
export type { DpopMode } from './oauth/dpop.js'
export {
  type ErrorCatalogueEntry,
  type ErrorCode,
  errorCatalogue,
  isOktaConnectError,
  type OAuthErrorDetails,
  OktaConnectError,
} from './errors.js'
export {
  type ClientKeyOptions,
  type ClientKeyType,
  clientKeyTypes,
  type GeneratedClientKey,
  generateClientKey,
  saveClientKey,
} from './keys/generate-client-key.js'
export { type Login, listLogins } from './session/logins.js'
export { printable } from './oauth/oauth-error.js'
export type { AccessToken, FetchOptions, OktaSession, TokenOptions, TokenOrigin } from './session/okta-session.js'
export { type BrowserOptions, openBrowser } from './sign-in/open-browser.js'
export { openSession } from './open-session.js'
export { type Profile, profilesSchema } from './config/profiles/profile-format.js'
export {
  connectOptionsOf,
  listProfiles,
  type NamedProfile,
  readSettings,
  removeProfile,
  saveProfile,
  setDefaultProfile,
} from './config/profiles/profiles.js'
export type { ResolvedSettings, SecretReference, Settings } from './config/profiles/settings.js'
export { described } from './safe-text.js'
export type { Remedy } from './remedy.js'
export { resume } from './resume.js'
export { createFileStore, type FileStoreOptions } from './stores/file/file-store.js'
export { createMemoryStore, type MemoryStoreOptions } from './stores/memory-store.js'
export { openStore } from './stores/open-store.js'
export type { ExclusiveOptions, Holder, TokenSlot, TokenStore } from './stores/token-store.js'
export { parseTenant } from './config/tenant.js'
export type { Grant, Identity, LoginIdentity, RecordInfo, StoreRecord, TokenRecord } from './stores/token-record.js'
export { beginSignIn, completeSignIn, type PendingSignIn, type SignInOptions } from './web-sign-in.js'
