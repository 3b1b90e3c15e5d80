import type { errors, Grant, interactionPolicy, KoaContextWithOIDC } from 'oidc-provider'
import type { Org } from '../org/org.js'

/** Adapts the interaction policy of oidc-provider to Okta's: when a user must sign in, and which users are rejected. */
export function signInPolicy(org: Org, oidc: { interactionPolicy: typeof interactionPolicy; errors: typeof errors }) {
  const { base, Check, Prompt } = oidc.interactionPolicy
  const policy = base()
  // Admins grant the scopes in Okta, so users see no consent page.
  policy.get('consent')?.checks.clear()
  const assigned = new Check('not_assigned', 'the user is not assigned to the app', 'access_denied', ctx => {
    if (isAssigned(org, ctx)) return Check.NO_NEED_TO_PROMPT
    // This is an error, not a prompt. The app can request another user with prompt=login.
    throw new oidc.errors.AccessDenied('User is not assigned to the client application.')
  })
  policy.add(new Prompt({ name: 'assignment' }, assigned))
  return policy
}

/** Grants the requested scopes, which the checks have validated. Each sign-in has its own grant. */
export async function grantRequestedScopes({ oidc }: KoaContextWithOIDC): Promise<Grant> {
  const { account, client, params, provider } = oidc
  if (account === undefined || client === undefined) throw new Error('A grant requires a user and an app.')
  const { scope } = params ?? {}
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
  grant.addOIDCScope(String(scope ?? ''))
  await grant.save()
  return grant
}

function isAssigned(org: Org, { oidc }: KoaContextWithOIDC): boolean {
  const user = org.directory.find(oidc.session?.accountId)
  const app = org.apps.get(oidc.client?.clientId ?? '')
  return user !== undefined && app !== undefined && org.isAssigned(app, user)
}
