import { exportJWK, generateKeyPair } from 'jose'
import type { Configuration, JWK, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { userClaims } from '../answers/userinfo.js'
import type { AppRegistration } from '../emulator-client.js'
import { exchangeOf } from '../exchange.js'
import { randomSecret } from '../okta-id.js'
import type { Org } from '../org.js'
import { errorPage } from '../sign-in/error-page.js'
import { wantsRefreshToken } from './forward.js'
import { importOidcProvider } from './import-quietly.js'
import { sayInOktasWords } from './okta-words.js'
import { grantRequestedScopes, signInPolicy } from './sign-in-policy.js'

const DAY_SECONDS = 24 * 60 * 60

/** oidc-provider, set up as the inside of an org: it issues; what is Okta's own is checked before it is asked. */
export interface OidcInside {
  readonly provider: Provider
  /** The secret by which oidc-provider knows that our client authentication let a client through. */
  readonly passKey: string
}

/** Creates the oidc-provider instance of one org. */
export async function createProvider(org: Org): Promise<OidcInside> {
  const [oidc, signingKey] = await Promise.all([importOidcProvider(), idTokenKey()])
  const passKey = randomSecret()
  const provider = new oidc.default(org.url.origin, {
    ...whatIsKnown(org, passKey, signingKey),
    ...whatIsOn(),
    ...whatHappens(org),
    interactions: { policy: signInPolicy(org, oidc), url: (_ctx, interaction) => `/signin/${interaction.uid}` },
  })
  // The org URL, not the address listened on, is what every URL in an answer begins with (see adoptOrgUrl).
  provider.proxy = true
  provider.on('grant.error', sayInOktasWords)
  return { provider, passKey }
}

function whatIsKnown(org: Org, passKey: string, signingKey: JWK): Configuration {
  return {
    adapter: model => org.tokens.adapter(model),
    clients: [...org.apps.values()].map(app => clientMetadata(app, passKey)),
    jwks: { keys: [signingKey] },
    cookies: { keys: [randomSecret()], names: { session: 'sid', interaction: 'signin', resume: 'signin-resume' } },
    scopes: ['openid', 'profile', 'email', 'offline_access', ...grantedScopes(org)],
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

function whatIsOn(): Configuration {
  return {
    routes: {
      authorization: '/oauth2/v1/authorize',
      token: '/oauth2/v1/token',
      introspection: '/oauth2/v1/introspect',
      jwks: '/oauth2/v1/keys',
    },
    features: {
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      // These are Okta's own rules from end to end: see checks/ and answers/.
      dPoP: { enabled: false },
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

function whatHappens(org: Org): Configuration {
  const lifetime = (ctx: KoaContextWithOIDC, token: BindableToken) => {
    bindToProof(org, ctx, token)
    return org.tokenLifetimeSeconds
  }
  return {
    ttl: {
      AccessToken: lifetime,
      ClientCredentials: lifetime,
      IdToken: 3600,
      // Five minutes since April 2021 (release notes, "Increased authorization code lifetime").
      AuthorizationCode: 300,
      RefreshToken: 7 * DAY_SECONDS,
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
    extraTokenClaims: async (_ctx, token) => {
      const user = org.users.find(candidate => 'accountId' in token && candidate.id === token.accountId)
      return user && { sub: user.login, username: user.login, uid: user.id }
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
function bindToProof(org: Org, ctx: KoaContextWithOIDC, token: BindableToken): void {
  const proof = exchangeOf(ctx)?.proof
  if (proof === undefined) return
  token.jkt = proof.thumbprint
  if (token.grantId !== undefined) org.boundGrants.set(token.grantId, proof.thumbprint)
}

function clientMetadata(app: AppRegistration, passKey: string) {
  const isWebUri = (uri: string) => /^https?:/.test(uri)
  return {
    client_id: app.clientId,
    client_secret: passKey,
    token_endpoint_auth_method: 'client_secret_post' as const,
    // A `native` client of oidc-provider may use any loopback port; Okta compares exactly. Only own schemes need it.
    application_type: app.redirectUris.every(isWebUri) ? ('web' as const) : ('native' as const),
    redirect_uris: [...app.redirectUris],
    grant_types: [...app.grantTypes],
    response_types: app.kind === 'service' ? [] : ['code' as const],
  }
}

function grantedScopes(org: Org): Set<string> {
  return new Set([...org.apps.values()].flatMap(app => app.scopes))
}

async function idTokenKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 })
  return { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: randomSecret() }
}
