import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import type { Adapter, Configuration, JWK, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { OKTA_SCOPES } from '../config/okta-scopes.js'
import { errorPage } from '../html/error-page.js'
import { exchangeOf } from '../http/exchange.js'
import type { AppRegistration } from '../org/apps/app.js'
import type { AuthorizationServer } from '../org/authorization-server.js'
import { DEVICE_CODE_SECONDS } from '../org/device-grants.js'
import type { Org } from '../org/org.js'
import type { OidcBackend } from './backend.js'
import { useOktaMessages } from './error-messages.js'
import { RESPONSE_MODE } from './forward-authorize.js'
import { requestsRefreshToken } from './forward-token.js'
import { importOidcProvider } from './import-provider.js'
import { grantRequestedScopes, signInPolicy } from './sign-in-policy.js'
import { SCOPE_CLAIMS, userClaims } from './user-claims.js'

const OIDC_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'offline_access']
const DAY_SECONDS = 24 * 60 * 60

/** Creates the oidc-provider instance of one authorization server. */
export async function createProvider(org: Org, server: AuthorizationServer): Promise<OidcBackend> {
  const [oidc, key] = await Promise.all([importOidcProvider(), placeholderKey()])
  const clientSecret = randomBytes(32).toString('base64url')
  const signIn = `${server.id === undefined ? '' : server.base}/signin`
  const provider = new oidc.default(server.issuer, {
    ...dataConfiguration(org, server, clientSecret, key),
    ...featureConfiguration(server),
    ...behaviorConfiguration(org, server),
    interactions: { policy: signInPolicy(org, oidc), url: (_ctx, interaction) => `${signIn}/${interaction.uid}` },
  })
  issueSeededTokens(provider, org)
  // URLs in responses start with the org URL, not with the address that the emulator listens on (see applyOrgUrl).
  provider.proxy = true
  provider.on('grant.error', useOktaMessages)
  return { provider, clientSecret }
}

function dataConfiguration(org: Org, server: AuthorizationServer, clientSecret: string, key: JWK): Configuration {
  return {
    adapter: model => {
      if (model === 'Client') return clientAdapter(org, clientSecret)
      // All authorization servers of the org share one session.
      return (model === 'Session' ? org.sessions : server.tokens).adapter(model)
    },
    jwks: { keys: [key] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: {
      keys: [org.cookieKey],
      names: { session: 'sid', interaction: 'signin', resume: 'signin-resume' },
      // Apps of other sites renew tokens in a hidden frame, to which browsers send only this kind of cookie.
      ...(org.url.protocol === 'https:' && { long: { httpOnly: true, sameSite: 'none', secure: true } }),
    },
    scopes: [...new Set([...OIDC_SCOPES, ...server.scopes, ...OKTA_SCOPES, ...grantedScopes(org)])],
    claims: SCOPE_CLAIMS,
    // Okta includes the claims of the scopes in the ID token (guides/customize-tokens).
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    allowOmittingSingleRegisteredRedirectUri: false,
    extraParams: [RESPONSE_MODE],
  }
}

function featureConfiguration({ base }: AuthorizationServer): Configuration {
  const hidden = randomBytes(16).toString('hex')
  return {
    routes: {
      authorization: `${base}/v1/authorize`,
      token: `${base}/v1/token`,
      // The emulator has its own versions of these endpoints. They cannot be disabled, so their paths are random.
      device_authorization: `/${hidden}/device`,
      code_verification: `/${hidden}/activate`,
      jwks: `/${hidden}/keys`,
    },
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      // Okta's rules for these differ too much. See checks/ and endpoints/.
      dPoP: { enabled: false },
      introspection: { enabled: false },
      revocation: { enabled: false },
      userinfo: { enabled: false },
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
    },
    // The checks decide whether PKCE is required. oidc-provider verifies the code_verifier.
    pkce: { required: () => false },
  }
}

function behaviorConfiguration(org: Org, server: AuthorizationServer): Configuration {
  const lifetime = (ctx: KoaContextWithOIDC, token: BindableToken) => {
    bindToProof(server, ctx, token)
    return server.accessTokenLifetimeSeconds
  }
  return {
    ttl: {
      AccessToken: lifetime,
      ClientCredentials: lifetime,
      IdToken: 3600,
      // Five minutes since April 2021 (release notes, "Increased authorization code lifetime").
      AuthorizationCode: 300,
      RefreshToken: server.refreshTokenIdleSeconds,
      DeviceCode: DEVICE_CODE_SECONDS,
      Grant: 90 * DAY_SECONDS,
      Session: 2 * 60 * 60,
      Interaction: 3600,
    },
    findAccount: (_ctx, accountId) => {
      const user = org.activeUser(accountId)
      return user && { accountId, claims: async () => userClaims(user) }
    },
    loadExistingGrant: grantRequestedScopes,
    expiresWithSession: async () => false,
    rotateRefreshToken: ctx => {
      const exchange = exchangeOf(ctx)
      return exchange?.app?.refreshTokens === 'rotating' && requestsRefreshToken(exchange.form)
    },
    renderError: (ctx, { error, error_description }) => errorPage(ctx, error, error_description),
  }
}

interface BindableToken {
  jkt?: string | undefined
  readonly grantId?: string | undefined
}

/**
 * Binds a token to the key of the verified proof. It runs in the lifetime hook, the last one before a token is stored. The
 * DPoP feature of oidc-provider cannot be used, since its nonces cannot be rotated on demand.
 */
function bindToProof(server: AuthorizationServer, ctx: KoaContextWithOIDC, token: BindableToken): void {
  const proof = exchangeOf(ctx)?.proof
  if (proof === undefined) return
  token.jkt = proof.thumbprint
  if (token.grantId !== undefined) server.boundGrants.set(token.grantId, proof.thumbprint)
}

function clientMetadata(app: AppRegistration, clientSecret: string) {
  const isWebUri = (uri: string) => /^https?:/.test(uri)
  return {
    client_id: app.clientId,
    client_secret: clientSecret,
    token_endpoint_auth_method: 'client_secret_post' as const,
    // oidc-provider allows any loopback port to a `native` client, which Okta does not. Custom URI schemes require `native`.
    application_type: app.redirectUris.every(isWebUri) ? ('web' as const) : ('native' as const),
    redirect_uris: [...app.redirectUris],
    grant_types: app.grantTypes.filter(grantType => grantType !== 'implicit'),
    response_types: app.kind === 'service' ? [] : ['code' as const],
  }
}

function grantedScopes(org: Org): readonly string[] {
  return [...org.apps.values()].flatMap(app => app.scopes)
}

/** Looks up apps for each request, so that their settings can change while the emulator runs. */
function clientAdapter(org: Org, clientSecret: string): Adapter {
  const unused = async () => {}
  return {
    find: async id => {
      const app = org.apps.get(id)
      return app && clientMetadata(app, clientSecret)
    },
    upsert: unused,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: unused,
    destroy: unused,
    revokeByGrantId: unused,
  }
}

/** With a seed, derives tokens and authorization codes from it. */
function issueSeededTokens(provider: Provider, org: Org): void {
  if (!org.random.isSeeded) return
  for (const name of ['AccessToken', 'ClientCredentials', 'RefreshToken', 'AuthorizationCode'] as const) {
    const { prototype } = provider[name]
    const original: unknown = Reflect.get(prototype, 'generateTokenId')
    Object.assign(prototype, {
      generateTokenId(this: object) {
        // The original method also sets the format of the token.
        if (typeof original === 'function') original.call(this)
        return org.random.secret(name)
      },
    })
  }
}

/** oidc-provider requires a key for ID tokens. They are signed again with the key of the org (see signTokens). */
async function placeholderKey(): Promise<JWK> {
  placeholderKeyPromise ??= generateKeyPair('ES256', { extractable: true }).then(async ({ privateKey }) => ({
    ...(await exportJWK(privateKey)),
    alg: 'ES256',
    use: 'sig',
    kid: 'placeholder',
  }))
  return placeholderKeyPromise
}

let placeholderKeyPromise: Promise<JWK> | undefined
