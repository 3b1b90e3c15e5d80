import type { errors, Grant, interactionPolicy, KoaContextWithOIDC } from 'oidc-provider'
import type { Org } from '../org/org.js'

/** When an authorization request needs a person, and when it is refused: oidc-provider's policy made Okta's. */
export function signInPolicy(org: Org, oidc: { interactionPolicy: typeof interactionPolicy; errors: typeof errors }) {
  const { base, Check, Prompt } = oidc.interactionPolicy
  const policy = base()
  // Okta's admins grant scopes; nobody is asked for consent.
  policy.get('consent')?.checks.clear()
  const assigned = new Check('not_assigned', 'the user is not assigned to the app', 'access_denied', ctx => {
    if (isAssigned(org, ctx)) return Check.NO_NEED_TO_PROMPT
    // Not a prompt but the end: asking for another user is up to the app, by prompt=login.
    throw new oidc.errors.AccessDenied('User is not assigned to the client application.')
  })
  policy.add(new Prompt({ name: 'assignment' }, assigned))
  return policy
}

/** Grants what was asked for; the checks have refused what may not be. Each sign-in has a grant of its own. */
export async function grantRequestedScopes({ oidc }: KoaContextWithOIDC): Promise<Grant> {
  const { account, client, params, provider } = oidc
  if (account === undefined || client === undefined) throw new Error('a grant needs a user and an app')
  const { scope } = params ?? {}
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
  grant.addOIDCScope(String(scope ?? ''))
  await grant.save()
  return grant
}

function isAssigned(org: Org, { oidc }: KoaContextWithOIDC): boolean {
  const user = org.users.find(candidate => candidate.id === oidc.session?.accountId)
  const app = org.apps.get(oidc.client?.clientId ?? '')
  return user !== undefined && app?.assignedUsers?.includes(user.login) === true
}
