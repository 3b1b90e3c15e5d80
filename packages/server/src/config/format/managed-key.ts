import { z } from 'zod'
import { durationMs } from './duration.js'
import { duration } from './values.js'

const minPublishBeforeMs = 60_000
const maxRotateEveryMs = 3650 * 24 * 60 * 60_000

const settings = z.strictObject({
  rotateEvery: duration.default('30d').describe('How long a key is used: 30d. Default: 30d.'),
  publishBefore: duration.default('24h').describe('How long a key is published before its first use. Default: 24h.'),
})
/** The settings of a managed key. */
export const managedKeySettings = Object.keys(settings.shape)

/** A key that the broker creates and replaces. */
export const managedKey = settings.superRefine(({ rotateEvery, publishBefore }, context) => {
  const fail = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message })
  if (durationMs(publishBefore) < minPublishBeforeMs) fail('publishBefore', 'must be at least 1m')
  if (durationMs(rotateEvery) < 2 * durationMs(publishBefore))
    fail('rotateEvery', 'must be at least twice publishBefore')
  if (durationMs(rotateEvery) > maxRotateEveryMs) fail('rotateEvery', 'must be at most 3650d')
})
