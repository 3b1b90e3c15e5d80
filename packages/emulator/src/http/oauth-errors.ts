import { OauthError } from './errors.js'

/**
 * The OAuth errors of Okta by status and error, then by its internal code: `data/oauth2-error-codes.json` of
 * okta/okta-developer-docs, release 2026.08.1. `{0}` is a value.
 */
const TEXTS = {
  '400 access_denied': {
    user_not_assigned: 'User is not assigned to the client application.',
    refresh_scopes_denied:
      'Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: {0}.',
  },
  '400 authorization_pending': {
    authorization_pending: 'The device authorization is pending. Please try again later.',
  },
  '400 client_credentials_self_scope_requested': {
    client_credentials_self_scope_requested: "The 'client_credentials' grant type may not request .self scopes.",
  },
  '400 consent_required': {
    no_org_scopes_granted: 'You are not allowed any of the requested scopes.',
  },
  '400 expired_token': {
    expired_token: 'The device code has expired.',
  },
  '400 id_token_does_not_match_session': {
    id_token_does_not_match_session: "The ID token subject does not match the current session's user.",
  },
  '400 invalid_dpop_proof': {
    dpop_proof_already_used: 'The DPoP proof JWT has already been used.',
    dpop_proof_invalid_ath: "'ath' claim in the DPoP proof does not match the presented access_token.",
    invalid_access_token_dpop_binding: 'The access_token is not bound to the provided DPoP proof.',
    invalid_dpop_proof: 'The DPoP proof JWT is invalid.',
    invalid_dpop_proof_invalid_htm: "'htm' claim in the DPoP proof JWT is invalid.",
    invalid_dpop_proof_invalid_htu: "'htu' claim in the DPoP proof JWT is invalid.",
    invalid_dpop_proof_invalid_iat: "'iat' claim in the DPoP proof JWT is invalid.",
    invalid_dpop_proof_invalid_jti: "'jti' claim in the DPoP proof JWT is invalid.",
    invalid_dpop_proof_invalid_jwt: 'The DPoP proof JWT cannot be parsed.',
    invalid_dpop_proof_invalid_public_key_binding: 'Invalid DPoP Public Key binding in refresh token',
    invalid_dpop_proof_invalid_signature: 'The DPoP proof JWT signature is invalid.',
    invalid_dpop_proof_invalid_signature_algorithm: 'The DPoP proof JWT signature algorithm is invalid.',
    invalid_dpop_proof_invalid_type: "'typ' must be 'dpop+jwt' in the DPoP proof JWT.",
    invalid_dpop_proof_jwt_expired: 'The DPoP proof JWT is expired.',
    invalid_dpop_proof_jwt_issued_in_future: 'The DPoP proof JWT is issued in the future.',
    invalid_dpop_proof_jwt_too_old: 'The DPoP proof JWT is issued more than five minutes in the past.',
    invalid_dpop_proof_missing_header: 'The DPoP proof JWT header is missing.',
    invalid_dpop_proof_multiple_headers_not_allowed: 'Multiple DPoP proof JWT headers are not allowed.',
  },
  '400 invalid_grant': {
    invalid_authorization_code: 'The authorization code is invalid or has expired.',
    invalid_device_code: 'The device code is invalid or has expired.',
    invalid_refresh_token: 'The refresh token is invalid or expired.',
    mismatched_client:
      "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
    mismatched_redirect_uri: "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
    pkce_verification_failed: 'PKCE verification failed.',
  },
  '400 invalid_request': {
    client_assertion_type_invalid: 'The client_assertion_type is invalid.',
    client_credentials_in_query: 'Client credentials cannot be supplied via query parameters.',
    duplicate_oauth_params: 'The request contained multiple parameters with the same name.',
    illegal_origin_browser_request:
      'Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.',
    illegal_post_logout_redirect_uri_enhanced:
      "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings: {0}",
    illegal_redirect_uri_enhanced:
      "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: {0}",
    invalid_max_age: "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.",
    invalid_prompt: "Invalid value for 'prompt' parameter. Supported values: [{0}]",
    invalid_state: "The authentication request has an invalid 'state' parameter.",
    missing_token_request_parameter: "The required parameter '{0}' is missing.",
    pkce_invalid_challenge: 'PKCE code challenge contains illegal characters.',
    pkce_missing_challenge: 'PKCE code challenge is required by the application.',
    pkce_unsupported_code_challenge_method: 'PKCE code challenge method is not supported. Valid values: [{0}]',
    pushed_authorization_request_uri_present: "The 'request_uri' parameter must not be present in the request.",
    request_missing_token: "The 'token' parameter is required.",
    token_request_missing_grant_type: "The token request must specify a 'grant_type'. Valid values: [{0}]",
  },
  '400 invalid_request_uri': {
    invalid_request_uri: 'The authorize request_uri is invalid.',
  },
  '400 invalid_scope': {
    illegal_custom_scope: 'Custom scopes are not allowed for this request.',
    no_default_scopes:
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    no_matching_scope: 'One or more scopes are not configured for the authorization server resource.',
  },
  '401 invalid_token': {
    id_token_invalid: 'The id token is invalid.',
  },
  '400 login_required': {
    login_required: 'The client specified not to prompt, but the user is not logged in.',
  },
  '400 slow_down': {
    slow_down: 'Slow down the polling frequency. Please try again later.',
  },
  '400 unauthorized_client': {
    unauthorized_client: 'The client is not authorized to use the provided grant type. Configured grant types: [{0}].',
  },
  '400 unsupported_grant_type': {
    unsupported_grant_type:
      'The authorization grant type is not supported by the authorization server. Configured grant types: [{0}].',
  },
  '400 unsupported_response_mode': {
    unsupported_response_mode:
      'The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].',
  },
  '400 unsupported_response_type': {
    unsupported_response_type:
      'The response type is not supported by the authorization server. Configured response types: [{0}].',
  },
  '400 use_dpop_nonce': {
    use_dpop_nonce: 'Authorization server requires nonce in DPoP proof.',
  },
  '401 access_denied': {
    no_matching_policy: 'Policy evaluation failed for this request, please check the policy configurations.',
  },
  '401 invalid_client': {
    authorize_request_uri_mismatched_client:
      "The 'client_id' parameter does not match the expected value for the provided request_uri.",
    client_assertion_already_used: 'The client_assertion token has already been used.',
    client_assertion_expiration_required: "The client_assertion must contain the 'exp' claim as seconds since epoch.",
    client_assertion_expired_token: 'The client_assertion token is expired.',
    client_assertion_expires_too_far_in_future: 'The client_assertion token has an expiration too far into the future.',
    client_assertion_invalid_audience:
      'The audience claim for client_assertion must be the endpoint invoked for the request.',
    client_assertion_invalid_issuer: 'The issuer claim for client_assertion is not a valid client_id.',
    client_assertion_invalid_jwt: 'The parsing of the client_assertion failed.',
    client_assertion_invalid_kid: 'The client_assertion JWT kid is invalid.',
    client_assertion_invalid_signature: 'The client_assertion signature is invalid.',
    client_assertion_invalid_signature_algorithm: 'The client_assertion JWT signature algorithm is invalid.',
    client_assertion_invalid_subject: 'The subject claim for client_assertion is not a valid client_id.',
    client_assertion_issued_at_in_future: 'The client_assertion token must be issued before the current time.',
    client_assertion_jwks_not_configured:
      'The client does not have a JWKSet configured, but the client_assertion requires one.',
    client_assertion_not_signed_with_signing_key: 'The client_assertion JWT needs to be signed using a signing key.',
    invalid_basic_auth_creds: 'Found Authentication header but was not valid client credentials.',
    invalid_client_id: "Invalid value for 'client_id' parameter.",
    invalid_client_secret: 'The client secret supplied for a confidential client is invalid.',
    invalid_token_endpoint_auth_method:
      'Client authentication failed. Either the client or the client credentials are invalid.',
    jwks_uri_ambiguous_keys: 'All keys in the client JWKSet from jwks_uri must have a unique kid.',
    jwks_uri_error: 'Error retrieving the client JWKSet from jwks_uri.',
    jwks_uri_no_key: 'The client JWKSet from jwks_uri must contain at least one key.',
    missing_client_credentials: 'No client credentials found.',
    unsupported_auth_method_browser_request:
      'Browser requests to the token endpoint must use Proof Key for Code Exchange.',
    unsupported_auth_method_client_creds:
      'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
  },
  '401 invalid_request': {
    multiple_client_credentials:
      'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
  },
  '403 access_denied': {
    access_denied: 'The resource owner or authorization server denied the request.',
  },
} as const

type Texts = typeof TEXTS
/** Okta's internal code of an OAuth error. */
export type OauthErrorCode = { [Group in keyof Texts]: keyof Texts[Group] }[keyof Texts]

const errors = new Map(
  Object.entries(TEXTS).flatMap(([group, texts]) => {
    const [status = '', error = ''] = group.split(' ')
    return Object.entries(texts).map(([code, text]) => [code, { status: Number(status), error, text }] as const)
  }),
)

/** Creates Okta's error. `value` replaces `{0}` in the description. */
export function oauthError(
  code: OauthErrorCode,
  { value = '', headers = {} }: { readonly value?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): OauthError {
  const found = errors.get(code)
  if (found === undefined) throw new Error(`There is no OAuth error ${code}.`)
  return new OauthError(
    found.error,
    found.text.replace('{0}', () => value),
    { status: found.status, headers },
  )
}

/** The error for a documented parameter that the emulator does not implement. The text is the emulator's own. */
export function unsupportedParameter(name: string): OauthError {
  return new OauthError('invalid_request', `The emulator does not support the '${name}' parameter.`)
}
