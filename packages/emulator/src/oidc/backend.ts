import type { Provider } from 'oidc-provider'

/** The oidc-provider instance behind one authorization server. It issues the tokens; the checks run before it. */
export interface OidcBackend {
  readonly provider: Provider
  /** The client secret that every app has at oidc-provider. Apps authenticate to the emulator's own checks instead. */
  readonly clientSecret: string
}
