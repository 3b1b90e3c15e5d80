import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KeyTimes, planKeys, withCorrectTimes, withNewKey, withOutcome, withReplacement } from './key-schedule.js'

const hourMs = 60 * 60_000
const settings = { rotateEveryMs: 30 * 24 * hourMs, publishBeforeMs: 24 * hourMs }

/** An app, and an Okta that fetches its keys from time to time. */
class Simulation {
  now = 1_700_000_000_000
  keys: readonly KeyTimes[] = []
  /** The keys that Okta has fetched. */
  known: readonly string[] = []
  readonly firstPublishedAt = new Map<string, number>()
  readonly firstTriedFirstAt = new Map<string, number>()
  created = 0
  rejectedFirst: number[] = []

  get kids(): readonly string[] {
    return this.keys.map(({ kid }) => kid)
  }

  rotate(): void {
    this.keys = withCorrectTimes(this.keys, this.now, settings)
    if (!planKeys(this.keys, this.now, settings).shouldCreate) return
    const before = this.keys
    this.keys = withNewKey(before, times => ({ ...times, kid: `key-${++this.created}` }), this.now, settings)
    this.firstPublishedAt.set(`key-${this.created}`, this.now)
    // Okta had accepted the key that stays, for at least publishBefore.
    const stays = before.at(-1)
    if (stays === undefined) return
    expect(stays.acceptedAt).toBeDefined()
    if (before.length > 1) expect(this.now - Number(stays.acceptedAt)).toBeGreaterThanOrEqual(settings.publishBeforeMs)
  }

  requestToken(): boolean {
    this.rotate()
    const { tryInOrder } = planKeys(this.keys, this.now, settings)
    expect(new Set(tryInOrder)).toEqual(new Set(this.kids))
    const [first = ''] = tryInOrder
    if (!this.firstTriedFirstAt.has(first)) this.firstTriedFirstAt.set(first, this.now)
    for (const kid of tryInOrder) {
      const outcome = this.known.includes(kid) ? 'accepted' : 'rejected'
      if (outcome === 'rejected' && kid === first && this.keys.length > 1) this.rejectedFirst.push(this.now)
      this.keys = withOutcome(this.keys, kid, outcome, this.now)
      if (outcome === 'accepted') return true
    }
    return false
  }

  fetchKeys(): void {
    this.rotate()
    this.known = this.kids
  }
}

const step = fc.oneof(
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3 * 24 * hourMs }) }),
  fc.record({ type: fc.constant('token' as const) }),
  fc.record({ type: fc.constant('fetch' as const) }),
)
const setBack = fc.record({ type: fc.constant('setBack' as const), ms: fc.integer({ min: 0, max: 400 * 24 * hourMs }) })

function run(simulation: Simulation, steps: readonly { type: string; ms?: number }[]): void {
  for (const { type, ms = 0 } of steps) {
    if (type === 'wait') simulation.now += ms
    else if (type === 'setBack') simulation.now -= ms
    else if (type === 'token') simulation.requestToken()
    else simulation.fetchKeys()
    expect(simulation.keys.length).toBeLessThanOrEqual(2)
  }
}

describe('the schedule of managed keys', () => {
  it('has a key that Okta accepts after Okta fetched the keys once, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.array(step, { maxLength: 40 }), (before, after) => {
        const simulation = new Simulation()
        run(simulation, before)
        simulation.fetchKeys()
        expect(simulation.requestToken()).toBe(true)
        run(simulation, after)
        expect(simulation.requestToken()).toBe(true)
      }),
      { numRuns: 300, seed: 29 },
    )
  })

  it('publishes each key but the first for the whole time before it is tried first', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), steps => {
        const simulation = new Simulation()
        run(simulation, steps)
        for (const [kid, triedAt] of simulation.firstTriedFirstAt) {
          const isFirstKey = kid === 'key-1'
          const publishedMs = triedAt - Number(simulation.firstPublishedAt.get(kid))
          expect(publishedMs).toBeGreaterThanOrEqual(isFirstKey ? 0 : settings.publishBeforeMs)
        }
      }),
      { numRuns: 300, seed: 29 },
    )
  })

  it('tries a key that Okta has not fetched at most once an hour', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 * 60_000 }), { maxLength: 100 }), waits => {
        const simulation = new Simulation()
        simulation.fetchKeys()
        simulation.requestToken()
        simulation.now += settings.rotateEveryMs
        simulation.rotate()
        simulation.now += settings.publishBeforeMs
        for (const ms of waits) {
          simulation.now += ms
          expect(simulation.requestToken()).toBe(true)
        }
        const gaps = simulation.rejectedFirst
          .slice(1)
          .map((time, index) => time - Number(simulation.rejectedFirst[index]))
        for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(hourMs)
        expect(simulation.created).toBe(2)
      }),
      { numRuns: 100, seed: 29 },
    )
  })

  it('continues the rotation after the clock was set back', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(step, setBack), { maxLength: 80 }), steps => {
        const simulation = new Simulation()
        run(simulation, steps)
        simulation.fetchKeys()
        expect(simulation.requestToken()).toBe(true)
        simulation.now += settings.rotateEveryMs + settings.publishBeforeMs
        simulation.fetchKeys()
        simulation.requestToken()
        const newest = simulation.kids.at(-1)
        simulation.now += settings.publishBeforeMs
        simulation.requestToken()
        expect(planKeys(simulation.keys, simulation.now, settings).tryInOrder[0]).toBe(newest)
      }),
      { numRuns: 300, seed: 29 },
    )
  })

  it('uses the first key at once, and creates no second one before Okta accepted it', () => {
    const simulation = new Simulation()
    simulation.rotate()
    simulation.now += 10 * settings.rotateEveryMs
    simulation.requestToken()
    expect(simulation.kids).toEqual(['key-1'])
    simulation.fetchKeys()
    expect(simulation.requestToken()).toBe(true)
    expect(planKeys(simulation.keys, simulation.now, settings).nextKeyAt).toBe(
      simulation.now + settings.publishBeforeMs,
    )
  })

  it('replaces a key every thirty days', () => {
    const simulation = new Simulation()
    for (let hour = 0; hour < 91 * 24; hour++) {
      simulation.fetchKeys()
      simulation.requestToken()
      simulation.now += hourMs
    }
    expect(simulation.created).toBe(4)
    expect(
      [...simulation.firstTriedFirstAt.values()].map(time => Math.round((time - 1_700_000_000_000) / 24 / hourMs)),
    ).toEqual([0, 30, 60, 90])
  })

  it('uses a replacement at once, and removes the key before it when Okta accepts the new one', () => {
    const simulation = new Simulation()
    simulation.fetchKeys()
    simulation.requestToken()
    simulation.keys = withReplacement(simulation.keys, times => ({ ...times, kid: 'replacement' }), simulation.now)
    expect(planKeys(simulation.keys, simulation.now, settings).tryInOrder).toEqual(['replacement', 'key-1'])
    expect(simulation.requestToken()).toBe(true)
    expect(simulation.kids).toEqual(['key-1', 'replacement'])
    simulation.fetchKeys()
    simulation.now += 5 * 60_000
    expect(simulation.requestToken()).toBe(true)
    expect(simulation.kids).toEqual(['replacement'])
    expect(planKeys(simulation.keys, simulation.now, settings).nextKeyAt).toBeGreaterThan(simulation.now)
  })
})
