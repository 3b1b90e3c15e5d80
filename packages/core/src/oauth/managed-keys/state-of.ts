import type { KeyPlan } from '../../keys/managed/key-schedule.js'
import type { ManagedKeyInfo, ManagedKeyState } from '../../keys/managed/managed-keys.js'
import type { ManagedKey } from '../../stores/token-record.js'

/** The state of managed keys, without their private halves. */
export function stateOf(keys: readonly ManagedKey[], { tryInOrder, nextKeyAt }: KeyPlan): ManagedKeyState {
  return {
    keys: keys.map(key => infoOf(key, key.kid === tryInOrder[0])).reverse(),
    nextKeyAt: dateOf(keys.length === 0 ? undefined : nextKeyAt),
  }
}

function infoOf(key: ManagedKey, isTriedFirst: boolean): ManagedKeyInfo {
  return {
    kid: key.kid,
    createdAt: new Date(key.createdAt),
    usableFrom: new Date(key.usableFrom),
    acceptedAt: dateOf(key.acceptedAt),
    lastAcceptedAt: dateOf(key.lastAcceptedAt),
    rejectedAt: dateOf(key.rejectedAt),
    isTriedFirst,
  }
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time)
}
