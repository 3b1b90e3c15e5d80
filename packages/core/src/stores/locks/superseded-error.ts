import { OktaConnectError } from '../../errors.js'

/** The owner of a lock was suspended so long that another process acquired it: what the owner would write is outdated. */
export class SupersededError extends OktaConnectError {
  constructor() {
    super('store_failed', 'Another process took over the lock of the token store while this one was suspended.', {
      hint: 'Try again. The next attempt uses the token that the other process stored.',
    })
  }
}
