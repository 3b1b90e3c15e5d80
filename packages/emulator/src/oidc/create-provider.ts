import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import type { Adapter, Configuration, JWK, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { errorPage } from '../html/error-page.js'
import { exchangeOf } from '../http/exchange.js'
import type { AppRegistration } from '../org/app.js'
import type { AuthorizationServer } from '../org/authorization-server.js'
import { DEVICE_CODE_SECONDS } from '../org/device-grants.js'
import type { Org } from '../org/org.js'
import type { OidcBackend } from './backend.js'
import { sayInOktasWords } from './error-messages.js'
import { wantsRefreshToken } from './forward-token.js'
import { importOidcProvider } from './import-provider.js'
import { grantRequestedScopes, signInPolicy } from './sign-in-policy.js'
import { userClaims } from './user-claims.js'

const DAY_SECONDS = 24 * 60 * 60

/** Creates the oidc-provider instance of one authorization server. */
export async function createProvider(org: Org, server: AuthorizationServer): Promise<OidcBackend> {
  const [oidc, key] = await Promise.all([importOidcProvider(), innerKey()])
  const clientSecret = randomBytes(32).toString('base64url')
  const signIn = `${server.id === undefined ? '' : server.base}/signin`
  const provider = new oidc.default(server.issuer, {
    ...whatIsKnown(org, server, clientSecret, key),
    ...whatIsOn(server, clientSecret),
    ...whatHappens(org, server),
    interactions: { policy: signInPolicy(org, oidc), url: (_ctx, interaction) => `${signIn}/${interaction.uid}` },
  })
  issueFromSeed(provider, org)
  // The org URL, not the address listened on, is what every URL in an answer begins with (see adoptOrgUrl).
  provider.proxy = true
  provider.on('grant.error', sayInOktasWords)
  return { provider, clientSecret }
}

function whatIsKnown(org: Org, server: AuthorizationServer, clientSecret: string, key: JWK): Configuration {
  return {
    adapter: model => {
      if (model === 'Client') return clientAdapter(org, clientSecret)
      // One sign-in does for every authorization server of the org.
      return (model === 'Session' ? org.sessions : server.tokens).adapter(model)
    },
    jwks: { keys: [key] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: { keys: [org.cookieKey], names: { session: 'sid', interaction: 'signin', resume: 'signin-resume' } },
    scopes: ['openid', 'profile', 'email', 'offline_access', ...server.scopes, ...grantedScopes(org)],
    claims: {
      openid: ['sub', 'auth_time', 'amr', 'preferred_username', 'name'],
      profile: ['given_name', 'family_name', 'locale', 'zoneinfo', 'updated_at'],
      email: ['email', 'email_verified'],
    },
    // Okta puts the claims of the scopes into the ID token (guides/customize-tokens).
    conformIdTokenClaims: false,
    responseTypes: ['code'],
  }
}

function whatIsOn({ base }: AuthorizationServer, clientSecret: string): Configuration {
  return {
    routes: {
      authorization: `${base}/v1/authorize`,
      token: `${base}/v1/token`,
      // Only its grant is used. Its pages are where nobody finds them.
      device_authorization: `/${clientSecret}/device`,
      code_verification: `/${clientSecret}/activate`,
      jwks: `/${clientSecret}/keys`,
    },
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      // These are Okta's own rules from end to end: see checks/ and answers/.
      dPoP: { enabled: false },
      introspection: { enabled: false },
      revocation: { enabled: false },
      userinfo: { enabled: false },
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
    },
    // PKCE is judged by the checks; oidc-provider compares the verifier.
    pkce: { required: () => false },
  }
}

function whatHappens(org: Org, server: AuthorizationServer): Configuration {
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
      const user = org.users.find(candidate => candidate.id === accountId)
      return user && { accountId, claims: async () => userClaims(user) }
    },
    loadExistingGrant: grantRequestedScopes,
    expiresWithSession: async () => false,
    rotateRefreshToken: ctx => {
      const exchange = exchangeOf(ctx)
      return exchange?.app?.refreshTokens === 'rotating' && wantsRefreshToken(exchange.form)
    },
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some(uri => URL.canParse(uri) && new URL(uri).origin === origin),
    renderError: (ctx, { error, error_description }) => errorPage(ctx, error, error_description),
  }
}

interface BindableToken {
  jkt?: string | undefined
  readonly grantId?: string | undefined
}

/**
 * Binds a token to the key of the proof that our check accepted. The lifetime hook is the last one that sees a token
 * before it is stored; oidc-provider's own DPoP cannot be used, since its nonces cannot be renewed at will.
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
    // A `native` client of oidc-provider may use any loopback port; Okta compares exactly. Only own schemes need it.
    application_type: app.redirectUris.every(isWebUri) ? ('web' as const) : ('native' as const),
    redirect_uris: [...app.redirectUris],
    grant_types: [...app.grantTypes],
    response_types: app.kind === 'service' ? [] : ['code' as const],
  }
}

function grantedScopes(org: Org): readonly string[] {
  return [...org.apps.values()].flatMap(app => app.scopes)
}

/** Apps are looked up anew for each request, so that their rules can change while the emulator runs. */
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

/** With a seed, what oidc-provider makes up and hands out comes from it too. */
function issueFromSeed(provider: Provider, org: Org): void {
  if (!org.random.isSeeded) return
  for (const name of ['AccessToken', 'ClientCredentials', 'RefreshToken', 'AuthorizationCode'] as const) {
    const { prototype } = provider[name]
    const original: unknown = Reflect.get(prototype, 'generateTokenId')
    Object.assign(prototype, {
      generateTokenId(this: object) {
        // It settles the token's format besides.
        if (typeof original === 'function') original.call(this)
        return org.random.secret(name)
      },
    })
  }
}

/** oidc-provider wants a key to sign ID tokens by. Ours are signed again (see signTokens), so that any key will do. */
async function innerKey(): Promise<JWK> {
  makingInnerKey ??= generateKeyPair('ES256', { extractable: true }).then(async ({ privateKey }) => ({
    ...(await exportJWK(privateKey)),
    alg: 'ES256',
    use: 'sig',
    kid: 'inner',
  }))
  return makingInnerKey
}

let makingInnerKey: Promise<JWK> | undefined
