/** What an event type is called. */
interface EventType {
  readonly displayMessage: string
  /** The name in the retired Events API. Undefined where no public source has it, and null in the event. */
  readonly legacyEventType?: string
}

const eventType = (displayMessage: string, legacyEventType?: string): EventType =>
  legacyEventType === undefined ? { displayMessage } : { displayMessage, legacyEventType }

/**
 * The event types of the emulator, a part of Okta's catalog (reference/api/event-types). Messages are those of recorded
 * events, or inferred from the description in the catalog.
 */
export const EVENT_TYPES = {
  'user.session.start': eventType('User login to Okta', 'core.user_auth.login_success'),
  'user.session.end': eventType('User logout from Okta', 'core.user_auth.logout_success'),
  'user.authentication.auth_via_mfa': eventType('Authentication of user via MFA', 'core.user.factor.attempt_success'),
  'user.authentication.sso': eventType('User single sign on to app', 'app.auth.sso'),

  'app.oauth2.authorize.code': eventType('OIDC authorization code request', 'app.oauth2.authorize.code_success'),
  'app.oauth2.token.grant': eventType('OIDC token request'),
  'app.oauth2.token.grant.access_token': eventType(
    'OIDC access token is granted',
    'app.oauth2.token.grant.access_token_success',
  ),
  'app.oauth2.token.grant.id_token': eventType('OIDC id token is granted'),
  'app.oauth2.token.grant.refresh_token': eventType('OIDC refresh token is granted'),
  'app.oauth2.token.revoke': eventType('OIDC token revocation request'),
  'app.oauth2.token.detect_reuse': eventType('Detect one-time refresh token attempted reuse'),
  'app.oauth2.as.authorize.code': eventType('OAuth2 authorization code request'),
  'app.oauth2.as.token.grant': eventType('OAuth2 token request'),
  'app.oauth2.as.token.grant.access_token': eventType('OAuth2 access token is granted'),
  'app.oauth2.as.token.grant.id_token': eventType('OAuth2 id token is granted'),
  'app.oauth2.as.token.grant.refresh_token': eventType('OAuth2 refresh token is granted'),
  'app.oauth2.as.token.revoke': eventType('OAuth2 token revocation request'),
  'app.oauth2.as.token.detect_reuse': eventType('Detect one-time refresh token attempted reuse'),

  'user.lifecycle.create': eventType('Create Okta user', 'core.user.config.user_creation.success'),
  'user.lifecycle.activate': eventType('Activate Okta user', 'core.user.config.user_activated'),
  'user.lifecycle.reactivate': eventType('Reactivate Okta user'),
  'user.lifecycle.deactivate': eventType('Deactivate Okta user', 'core.user.config.user_deactivated'),
  'user.lifecycle.suspend': eventType('Suspend Okta user'),
  'user.lifecycle.unsuspend': eventType('Unsuspend Okta user'),
  'user.lifecycle.delete.initiated': eventType('Delete Okta user initiated'),
  'user.lifecycle.delete.completed': eventType('Delete Okta user completed'),
  'user.account.update_profile': eventType('Update user profile for Okta'),
  'user.account.update_password': eventType(
    'User update password for Okta',
    'core.user.config.password_update.success',
  ),
  'user.account.reset_password': eventType('User reset password for Okta'),
  'user.account.unlock': eventType('Unlock user account'),
  'user.account.lock': eventType('Max sign in attempts exceeded'),
  'user.account.expire_password': eventType('Expire user password for Okta'),
  'user.account.privilege.grant': eventType('Grant user privilege', 'core.user.admin_privilege.granted'),
  'user.account.privilege.revoke': eventType('Revoke user privilege', 'core.user.admin_privilege.revoked'),

  'group.lifecycle.create': eventType('Create Okta group'),
  'group.profile.update': eventType('Okta group profile updated'),
  'group.lifecycle.delete': eventType('Delete Okta group'),
  'group.user_membership.add': eventType('Add user to group membership', 'core.user_group_member.user_add'),
  'group.user_membership.remove': eventType('Remove user from group membership', 'core.user_group_member.user_remove'),

  'application.lifecycle.create': eventType('Create application'),
  'application.lifecycle.update': eventType('Update application'),
  'application.lifecycle.activate': eventType('Activate application', 'app.generic.config.app_activated'),
  'application.lifecycle.deactivate': eventType('Deactivate application', 'app.generic.config.app_deactivated'),
  'application.lifecycle.delete': eventType('Delete application'),
  'application.user_membership.add': eventType(
    'Add user to application membership',
    'app.generic.provision.assign_user_to_app',
  ),
  'application.user_membership.remove': eventType(
    "Remove user's application membership",
    'app.generic.provision.deactivate_user_from_app',
  ),

  'user.mfa.factor.activate': eventType('Activate factor for user', 'core.user.factor.activate'),
  'user.mfa.factor.deactivate': eventType('Reset factor for user'),
  'user.mfa.factor.reset_all': eventType('Reset all factors for user', 'core.user.factor.reset_all'),

  'app.oauth2.credentials.lifecycle.create': eventType('Create OAuth client credentials'),
  'app.oauth2.credentials.lifecycle.activate': eventType('Activate OAuth client credentials'),
  'app.oauth2.credentials.lifecycle.deactivate': eventType('Deactivate OAuth client credentials'),
  'app.oauth2.credentials.lifecycle.delete': eventType('Delete OAuth client credentials'),
  'app.oauth2.key.rollover': eventType('Org authorization server token signing key rolled over'),
  'app.oauth2.as.key.rollover': eventType('Authorization server token signing key rolled over'),
  'app.oauth2.admin.consent.grant': eventType('Administrator consent granted for scope'),
  'app.oauth2.admin.consent.revoke': eventType('Administrator consent revoked for scope'),

  'security.trusted_origin.create': eventType('A trusted origin is created'),
  'security.trusted_origin.update': eventType('A trusted origin is updated'),
  'security.trusted_origin.activate': eventType('A trusted origin is activated'),
  'security.trusted_origin.deactivate': eventType('A trusted origin is deactivated'),
  'security.trusted_origin.delete': eventType('A trusted origin is deleted'),
} as const satisfies Record<string, EventType>

/** The name of an event type, for example `user.session.start`. */
export type EventTypeName = keyof typeof EVENT_TYPES

/** The message and the legacy name of an event type. */
export function describeEventType(name: EventTypeName): EventType {
  return EVENT_TYPES[name]
}
