import fc from 'fast-check'
import { afterAll, expect, vi } from 'vitest'
import { isOktaConnectError } from '../../src/index.js'

const parsers = 7
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// Beyond the time that the cases have: machines are shared.
vi.setConfig({ testTimeout: (minutes * 60_000) / parsers + 120_000 })

/** How many cases each parser is given. */
export const cases: fc.Parameters<unknown> = casesFor(minutes)

function casesFor(minutes: number): fc.Parameters<unknown> {
  // In `npm run torture`, other cases each time, as many as its time allows.
  if (minutes > 0) return { numRuns: 1_000_000, interruptAfterTimeLimit: (minutes * 60_000) / parsers }
  return { numRuns: 300, seed: 20_261_124 }
}

/** Stands for every secret: it must not come back. */
export const canary = 'cAnArY-0123456789'

let tried = 0
afterAll(() => {
  if (minutes > 0)
    process.stdout.write(
      `fuzzing: ${tried.toLocaleString('en')} cases for ${expect.getState().testPath?.split('/').at(-1)}, no failure\n`,
    )
})

/** Something that has to hold, whatever is given. */
export function given<T>(values: fc.Arbitrary<T>, holds: (value: T) => Promise<void>) {
  return fc.asyncProperty(values, async value => {
    tried += 1
    await holds(value)
  })
}

/** Runs something that may fail: with one of our errors, and without a word of a secret. */
export async function survives(act: () => unknown): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
    expect([error.message, error.hint, error.stack, String(error.cause), JSON.stringify(error)].join()).not.toContain(
      canary,
    )
    expect(error.message).not.toMatch(/\p{Cc}/u)
    return undefined
  }
}

/** What people and servers write, with a slip in it somewhere. */
export const slipped = (right: fc.Arbitrary<string>) =>
  fc.tuple(right, fc.nat(), fc.nat(4), fc.string({ unit: 'binary', maxLength: 4 })).map(([text, at, removed, put]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + put + text.slice(place + removed)
  })
