/** When a key was created and used. All times are milliseconds since 1970. */
export interface KeyTimes {
  readonly kid: string
  readonly createdAt: number
  /** Before this time, the key before it is tried first, because Okta may not have fetched this one yet. */
  readonly usableFrom: number
  /** When Okta first accepted it. */
  readonly acceptedAt?: number
  readonly lastAcceptedAt?: number
  /** When Okta last rejected its `kid`, if it has not accepted it since. */
  readonly rejectedAt?: number
  /** Set if the key before it must not be used any longer than necessary, as after a leak. */
  readonly isReplacement?: true
}

/** How often keys are replaced. */
export interface RotationSettings {
  /** How long a key is used, in milliseconds. */
  readonly rotateEveryMs: number
  /** How long a key is published before its first use, in milliseconds. How long Okta caches the keys is not documented. */
  readonly publishBeforeMs: number
}

/** What to do with the keys at a time. */
export interface KeyPlan {
  /** The `kid` of each key, in the order in which to try them. All of them are published. */
  readonly tryInOrder: readonly string[]
  readonly shouldCreate: boolean
  /** When the next key will be created; `undefined` until Okta has accepted the newest one. */
  readonly nextKeyAt: number | undefined
}

// The clocks of machines that share a store may differ by this much.
const clockToleranceMs = 5 * 60_000
// After a rejection, the newest key is not tried first again before this time.
const retryRejectedMs = 60 * 60_000
const retryReplacementMs = 5 * 60_000
// An acceptance is recorded again only after this time, so that most requests write nothing.
const recordAcceptedMs = 60 * 60_000

/**
 * Decides what to do with the keys of an app that fetches them from a URL. There are at most two: the newest one, and the one before
 * it, which is tried if Okta has not fetched the newest one yet.
 *
 * @param keys the oldest first, with times from {@link withCorrectTimes}.
 * @param now milliseconds since 1970.
 */
export function planKeys(keys: readonly KeyTimes[], now: number, settings: RotationSettings): KeyPlan {
  const newest = keys.at(-1)
  if (newest === undefined) return { tryInOrder: [], shouldCreate: true, nextKeyAt: now }
  const newestFirst = keys.map(({ kid }) => kid).reverse()
  const retryMs = newest.isReplacement ? retryReplacementMs : retryRejectedMs
  const isRejected = newest.rejectedAt !== undefined && now - newest.rejectedAt < retryMs
  const isFirst = keys.length === 1 || (newest.usableFrom <= now && !isRejected)
  const nextKeyAt = nextKeyAfter(newest, settings)
  return {
    tryInOrder: isFirst ? newestFirst : newestFirst.reverse(),
    shouldCreate: nextKeyAt !== undefined && nextKeyAt <= now,
    nextKeyAt,
  }
}

// The key before the newest one is removed then: until that, it stays published after the newest one was accepted.
function nextKeyAfter({ usableFrom, acceptedAt }: KeyTimes, settings: RotationSettings): number | undefined {
  if (acceptedAt === undefined) return undefined
  const { rotateEveryMs, publishBeforeMs } = settings
  return Math.max(usableFrom + rotateEveryMs - publishBeforeMs, acceptedAt + publishBeforeMs)
}

/** Returns the keys with a new one. The first key is used immediately; a later one after it was published for some time. */
export function withNewKey<T extends KeyTimes>(
  keys: readonly T[],
  create: (times: Omit<KeyTimes, 'kid'>) => T,
  now: number,
  { publishBeforeMs }: RotationSettings,
): readonly T[] {
  const previous = keys.slice(-1)
  const usableFrom = previous.length === 0 ? now : now + publishBeforeMs
  return [...previous, create({ createdAt: now, usableFrom })]
}

/**
 * Returns the keys with a new one that is used immediately. The last one that Okta accepted is used until it accepts the new one, and is
 * removed then.
 */
export function withReplacement<T extends KeyTimes>(
  keys: readonly T[],
  create: (times: Omit<KeyTimes, 'kid'>) => T,
  now: number,
): readonly T[] {
  const stays = keys.findLast(({ acceptedAt }) => acceptedAt !== undefined) ?? keys.at(-1)
  const added = create({ createdAt: now, usableFrom: now, isReplacement: true })
  return stays === undefined ? [added] : [stays, added]
}

/**
 * Returns the keys without times in the future, which the clock of a machine left before it was set back. How long such a key has been
 * published is not known.
 */
export function withCorrectTimes<T extends KeyTimes>(
  keys: readonly T[],
  now: number,
  { publishBeforeMs }: RotationSettings,
): readonly T[] {
  const isFuture = (time = 0) => time > now + clockToleranceMs
  return keys.map((key, index) => {
    const { createdAt, acceptedAt, lastAcceptedAt, rejectedAt } = key
    if (![createdAt, acceptedAt, lastAcceptedAt, rejectedAt].some(isFuture)) return key
    const { rejectedAt: _forgotten, ...rest } = key
    const isUnused = isFuture(createdAt) && acceptedAt === undefined && index > 0
    return {
      ...rest,
      createdAt: Math.min(createdAt, now),
      usableFrom: isUnused ? now + publishBeforeMs : Math.min(key.usableFrom, now),
      ...(acceptedAt !== undefined && { acceptedAt: Math.min(acceptedAt, now) }),
      ...(lastAcceptedAt !== undefined && { lastAcceptedAt: Math.min(lastAcceptedAt, now) }),
    } as unknown as T
  })
}

/**
 * Returns the keys after Okta has accepted or rejected one.
 *
 * @returns the same list if nothing has to be recorded.
 */
export function withOutcome<T extends KeyTimes>(
  keys: readonly T[],
  kid: string,
  outcome: 'accepted' | 'rejected',
  now: number,
): readonly T[] {
  const key = keys.find(one => one.kid === kid)
  if (key === undefined) return keys
  if (outcome === 'rejected') return keys.map(one => (one === key ? { ...one, rejectedAt: now } : one))
  const { rejectedAt, lastAcceptedAt } = key
  const isRecorded = rejectedAt === undefined && lastAcceptedAt !== undefined && now - lastAcceptedAt < recordAcceptedMs
  if (isRecorded) return keys
  const { rejectedAt: _past, isReplacement, ...rest } = key
  const changed = { ...rest, acceptedAt: key.acceptedAt ?? now, lastAcceptedAt: now } as unknown as T
  if (isReplacement) return [changed]
  return keys.map(one => (one === key ? changed : one))
}
