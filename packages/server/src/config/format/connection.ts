import { parseList, profileFields } from '@connect-okta/core/profiles'
import { z } from 'zod'
import { appKey } from './app-key.js'
import { listOf, reference, text, word } from './values.js'

/** A list of texts, or one text with several. */
export const texts = z
  .union([text, z.array(text).min(1)], 'must be a list of strings')
  .transform(one => [one].flat().flatMap(parseList))
  .pipe(z.array(text).min(1))

// The fields of a profile have the same meaning here.
const field = <T extends z.ZodType>(name: string, schema: T) =>
  schema.optional().describe(profileFields.find(one => one.name === name)?.meaning ?? '')

/** The settings of a connection. */
export const connection = z.strictObject({
  profile: text.optional().describe('A profile of this user. The other settings complete or override it.'),
  tenant: field('tenant', text),
  clientId: field('clientId', text),
  scopes: field('scopes', texts),
  authorizationServer: field('authorizationServer', text),
  grant: field('grant', word(['authorization_code', 'client_credentials', 'api_token'])),
  dpop: field('dpop', word(['auto', 'always', 'never'])),
  key: appKey
    .optional()
    .describe(
      'The key of the app: { file: PATH } or { keyring: NAME }; a signer, { sshAgent: NAME } or { command: [...], jwk: {...} }; or { managed: { rotateEvery, publishBefore } }, which the broker creates and replaces.',
    ),
  keyId: field('keyId', text),
  keyPassphrase: field('keyPassphrase', reference),
  clientSecret: field('clientSecret', reference),
  apiToken: field('apiToken', reference),
  loginHint: field('loginHint', text),
  signIn: listOf(text)
    .optional()
    .describe(
      'The users who sign in for this connection: usernames or IDs, or "*" for every user assigned to the app.',
    ),
})
