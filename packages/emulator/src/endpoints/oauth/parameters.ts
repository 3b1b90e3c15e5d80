import { UNSUPPORTED } from '../../checks/authorize/authorize-request.js'
import { refused, text } from '../table/parameters.js'

/** The parameters of `/authorize`, for the reference. Unknown ones are ignored (RFC 6749 §3.1). */
export const AUTHORIZE = [
  text('client_id', 'The app.'),
  text('redirect_uri', 'A redirect URI of the app, compared as a string.'),
  text('response_type', 'Only `code`.'),
  text('response_mode', '`query`, `fragment`, `form_post` or `okta_post_message`.'),
  text('scope', 'Scopes, separated by spaces.'),
  text('state', 'Required.'),
  text('nonce', 'Returned in the ID token.'),
  text('code_challenge', 'Required for public apps, and for apps with `pkce_required`.'),
  text('code_challenge_method', 'Only `S256`.'),
  text('prompt', '`none`, `login` or `consent`.'),
  text('max_age', 'Maximum age of the sign-in, in seconds.'),
  text('login_hint', 'The username on the sign-in page.'),
  text('id_token_hint', 'With `prompt=none`, the session must be that of its user.'),
  text('request_uri', 'A pushed authorization request.'),
  ...UNSUPPORTED.map(refused),
]

/** The parameters of the token endpoint, for the reference. They can be in the query and in the form. */
export const TOKEN = [
  text('grant_type', '`authorization_code`, `refresh_token`, `client_credentials` or the device grant.'),
  text(
    'client_id',
    'The app. A confidential app authenticates with `client_secret`, `client_assertion` or HTTP Basic.',
  ),
  text('client_secret', 'The client secret, in the form body.'),
  text('client_assertion', 'With `client_assertion_type`.'),
  text('code', 'With `redirect_uri` and `code_verifier`.'),
  text('refresh_token', 'A refresh token.'),
  text('device_code', 'A device code.'),
  text('scope', 'Scopes, separated by spaces.'),
]
