import { OktaConnectError } from '../../errors.js'

/** Whoever was inside was held up so long that another has been inside since: what they would write is out of date. */
export class SupersededError extends OktaConnectError {
  constructor() {
    super('store_failed', 'Another process has taken over while this one was held up.', {
      hint: 'Try again: what the other process has stored is used then.',
    })
  }
}
