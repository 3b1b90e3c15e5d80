export type {
  AccessTokenOptions,
  ApiTokenOptions,
  AuthorizationCodeOptions,
  BrokerOptions,
  ClientCredentialsOptions,
  CommonOptions,
  DeviceCodeOptions,
  DpopMode,
  IdentityTokenSource,
  ManagedKeysSource,
  OAuthOptions,
  UserGrantOptions,
} from '../config/connect-options.js'
export type { CallbackUrlPrompt, DeviceCodePrompt } from '../deps.js'
export type { ApiErrorDetails, ErrorCatalogEntry, OAuthErrorDetails } from '../errors.js'
export type { Notify } from '../notice.js'
export type { Remedy } from '../remedy.js'
export type { FetchOptions, TokenOptions, TokenOrigin } from '../session/okta-session.js'
export type { Account } from '../stores/account.js'
export type { Grant } from '../stores/token-record.js'
