import type { Notify } from '../notice.js'
import { keyGone } from './parse-record.js'

/**
 * Returns a function that notifies about a record that cannot be read. If the key of the store was changed, that is true for all
 * records: then one notice is enough.
 *
 * @param remedy what to do if the key was changed.
 */
export function ignoredRecords(notify: Notify, remedy: string): (place: string, reason: string) => void {
  let isKeyReported = false
  return (place, reason) => {
    if (reason !== keyGone) {
      notify({ code: 'record_ignored', message: `The stored record ${place} is ignored: ${reason}.` })
    } else if (!isKeyReported) {
      isKeyReported = true
      notify({ code: 'record_ignored', message: `Stored sign-ins are ignored: ${keyGone}. ${remedy}` })
    }
  }
}
