/** A difference in a response to an operation. */
export interface Difference {
  readonly operation: string
  readonly difference: string
}

/** A difference between the emulator and the recorded responses that is intended. */
export interface KnownDifference {
  /** The operation, as in the facts. Default: all. */
  readonly operation?: string
  /** The difference, as in the table. */
  readonly difference: string
  readonly reason: string
}

const notEmulated: Readonly<Record<string, readonly string[]>> = {
  'status is 404, recorded: 200': [
    'GET group owners',
    'GET group roles',
    'GET group rules',
    'GET app keys',
    'GET app key',
    'GET app tokens',
    'GET user types',
    'GET user type',
    'POST group rule',
  ],
  'status is 404, recorded: 201': ['POST app key generate'],
  'status is 404, recorded: 401': ['POST session with a wrong token'],
  'error is E0000008 The requested path was not found, recorded: E0000007 Not found: Resource not found: ID (CVDType)':
    ['GET unknown user type'],
}

/** The known differences. One that no longer exists must be removed. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    difference: 'header Set-Cookie is missing',
    reason: 'Okta deletes the cookies of a browser in each response. The emulator sets cookies only for sign-ins.',
  },
  {
    difference: 'header Strict-Transport-Security is missing',
    reason: 'The emulator serves HTTP here, where RFC 6797 §7.2 forbids the header.',
  },
  ...Object.entries(notEmulated).flatMap(([difference, operations]) =>
    operations.map(operation => ({ operation, difference, reason: 'The emulator does not have this operation.' })),
  ),
  ...differencesOf(
    ['POST factor', 'GET factor'],
    'The recorded factor is a security question. The emulator has only passkeys, whose shape the OpenAPI files of Okta describe.',
    [
      'body.profile is missing',
      'body._embedded is not recorded',
      "body.factorType is 'webauthn', recorded: 'question'",
      "body.provider is 'FIDO', recorded: 'OKTA'",
      "body.vendorName is 'FIDO', recorded: 'OKTA'",
      "body.status is 'PENDING_ACTIVATION', recorded: 'ACTIVE'",
      'body._links.questions is missing',
      'body._links.activate is not recorded',
    ],
  ),
  ...differencesOf(['GET oauth-authorization-server'], 'The metadata lists only what works.', [
    'body.registration_endpoint is missing',
    'body.request_object_signing_alg_values_supported is missing',
    'body.frontchannel_logout_supported is missing',
    'body.frontchannel_logout_session_supported is missing',
    'body.identity_chaining_requested_token_types_supported is missing',
  ]),
  ...differencesOf(['GET oauth-authorization-server'], 'Clients such as MSAL require these members.', [
    'body.userinfo_endpoint is not recorded',
    'body.jwks_uri is not recorded',
  ]),
  ...differencesOf(['POST service app', 'service app'], 'The emulator has no policies of apps.', [
    'body._links.profileEnrollment is missing',
    'body._links.policies is missing',
    'body._links.accessPolicy is missing',
  ]),
  ...differencesOf(['GET apps', 'GET apps with filter'], 'The emulator has no policies of apps.', [
    'body[]._links.profileEnrollment is missing',
    'body[]._links.policies is missing',
    'body[]._links.accessPolicy is missing',
  ]),
  ...differencesOf(['GET apps', 'GET apps with filter'], 'The recorded keys were saved without an algorithm.', [
    'body[].settings.oauthClient.jwks.keys[].alg is not recorded',
  ]),
]

/** Whether a difference is one of the known differences. */
export function isKnown(difference: Difference): boolean {
  return knownDifferences.some(known => matches(known, difference))
}

/** Whether a difference is this known difference. */
export function matches(known: KnownDifference, { operation, difference }: Difference): boolean {
  return known.difference === difference && (known.operation === undefined || known.operation === operation)
}

function differencesOf(
  operations: readonly string[],
  reason: string,
  differences: readonly string[],
): readonly KnownDifference[] {
  return operations.flatMap(operation => differences.map(difference => ({ operation, difference, reason })))
}
