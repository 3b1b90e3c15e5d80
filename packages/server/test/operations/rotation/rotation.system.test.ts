import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startRedis, type TestRedis } from '../../support/redis.test.support.js'
import { hourMs, type Rotation, startRotation } from './rotation.test.support.js'

const { redisServer } = inject('systemNeeds')
const day = 24
const months = (count: number) => count * 30 * day
// A second RSA key and thousands of requests.
const timeout = 600_000

describe.skipIf(redisServer === undefined)('a managed key', () => {
  let redis: TestRedis
  beforeAll(async () => {
    redis = await startRedis(redisServer ?? '', ['--maxmemory-policy', 'noeviction'])
  })
  beforeEach(() => redis.command('FLUSHALL'))
  afterAll(() => redis.kill())

  /** The hours between the publication of each key and its first use, without those of the first key. */
  function hoursUntilUse({ seen }: Rotation): readonly number[] {
    const later = [...seen.published].slice(1)
    return later.flatMap(([kid, published]) => {
      const accepted = seen.accepted.get(kid)
      return accepted === undefined ? [] : [accepted - published]
    })
  }

  it('rotates three times in three months without a failed request', { timeout }, async () => {
    await using rotation = await startRotation(redis.url, 1)
    await rotation.pass(months(3) + day)
    const { statuses, published, kidErrors } = rotation.seen
    report('one process', rotation)
    expect([...statuses]).toEqual([[200, months(3) + day]])
    expect(kidErrors).toBe(0)
    // Each one a day before the month ends.
    expect(published.size).toBe(4)
    expect(hoursUntilUse(rotation)).toEqual([day, day, day])
  })

  it('falls back to the old key when Okta caches the keys for 48 hours', { timeout }, async () => {
    await using rotation = await startRotation(redis.url, 1)
    rotation.okta.setJwksCache({ maxAgeSeconds: (48 * hourMs) / 1000 })
    // Okta fetches the keys shortly before the next one is published.
    await rotation.pass(20)
    rotation.okta.clearJwksCache()
    await rotation.pass(months(1) + 2 * day)
    report('cached for 48 hours', rotation)
    expect([...rotation.seen.statuses.keys()]).toEqual([200])
    expect(rotation.seen.kidErrors).toBeGreaterThan(0)
    const [hours, ...others] = hoursUntilUse(rotation)
    expect(hours).toBeGreaterThan(day)
    expect(hours).toBeLessThanOrEqual(48)
    expect(others).toEqual([])
  })

  it('is created once when two processes share the store', { timeout }, async () => {
    await using rotation = await startRotation(redis.url, 2)
    await rotation.pass(months(1) + day)
    report('two processes', rotation)
    expect([...rotation.seen.statuses]).toEqual([[200, 2 * (months(1) + day)]])
    expect(rotation.seen.published.size).toBe(2)
    expect(rotation.seen.kidErrors).toBe(0)
  })

  it('rotates later, and without a failed request, when the only process was down for a week', {
    timeout,
  }, async () => {
    await using rotation = await startRotation(redis.url, 1)
    await rotation.pass(27 * day)
    await rotation.stop(0)
    await rotation.pass(7 * day)
    await rotation.start(0)
    await rotation.pass(3 * day)
    report('down for a week', rotation)
    expect([...rotation.seen.statuses.keys()]).toEqual([200])
    expect(rotation.seen.published.size).toBe(2)
    expect(hoursUntilUse(rotation)).toEqual([day])
  })

  it('is the current one in a process that was down for a week while another one rotated it', { timeout }, async () => {
    await using rotation = await startRotation(redis.url, 2)
    await rotation.pass(27 * day)
    await rotation.stop(1)
    await rotation.pass(7 * day)
    await rotation.start(1)
    await rotation.pass(day)
    expect([...rotation.seen.statuses.keys()]).toEqual([200])
    expect(rotation.seen.published.size).toBe(2)
    expect(rotation.seen.kidErrors).toBe(0)
  })

  function report(what: string, rotation: Rotation): void {
    const { statuses, published, kidErrors } = rotation.seen
    const requests = [...statuses].map(([status, count]) => `${count} x ${status}`).join(', ')
    const longest = Math.max(...hoursUntilUse(rotation))
    process.stdout.write(
      `rotation, ${what}: ${requests}; ${published.size} keys; ${kidErrors} kid errors of Okta, none for a client; ` +
        `at most ${longest} hours from publication to first use\n`,
    )
  }
})
