import { OktaConnectError } from '../../errors.js'

/**
 * Returns a URL that identifies a host as an Okta org, without a token.
 *
 * @see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingMetadata/
 */
export function orgMetadataUrl(orgUrl: URL): URL {
  return new URL('/.well-known/okta-organization', orgUrl)
}

/** The error if another server responds in place of an Okta org. */
export function notAnOrg({ host }: URL, status: number): OktaConnectError {
  return new OktaConnectError(
    'token_response_invalid',
    `The response of ${host} is not from an Okta org (HTTP ${status}).`,
    {
      hint: 'Check the spelling of the tenant, and whether a proxy or a sign-in page of the network responds in place of Okta.',
    },
  )
}
