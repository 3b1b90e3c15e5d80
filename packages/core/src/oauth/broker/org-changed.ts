import { OktaConnectError } from '../../errors.js'

/** The broker has named another org than the one that the sign-in belongs to. */
export class OrgChanged extends OktaConnectError {
  constructor(before: URL, now: URL) {
    super(
      'options_invalid',
      `The connection of the broker now belongs to ${now.host}. This sign-in belongs to ${before.host}.`,
      {
        hint:
          'Check the connection in the configuration of the broker. To use the other org, log out first, or force a new sign-in ' +
          '(the option forceLogin).',
        remedy: { id: 'accept_org' },
      },
    )
  }
}
