/**
 * The types of messages.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-sshm-ssh-agent/ §5.1
 */
export const messages = {
  success: 6,
  requestIdentities: 11,
  identitiesAnswer: 12,
  signRequest: 13,
  signResponse: 14,
  extension: 27,
} as const
