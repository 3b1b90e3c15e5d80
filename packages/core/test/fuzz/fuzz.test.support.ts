import fc from 'fast-check'
import { afterAll, expect, vi } from 'vitest'
import { isOktaConnectError } from '../../src/index.js'

const propertyCount = 10
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// Longer than the cases run: machines are shared.
vi.setConfig({ testTimeout: (minutes * 60_000) / propertyCount + 120_000 })

/** The number of cases for each property. */
export const parameters: fc.Parameters<unknown> = parametersFor(minutes)

function parametersFor(minutes: number): fc.Parameters<unknown> {
  // `npm run torture` runs new cases each time, as many as its time limit allows.
  if (minutes > 0) return { numRuns: 1_000_000, interruptAfterTimeLimit: (minutes * 60_000) / propertyCount }
  return { numRuns: 300, seed: 20_261_124 }
}

/** A secret that no error may contain. */
export const canary = 'cAnArY-0123456789'

let caseCount = 0
afterAll(() => {
  if (minutes > 0)
    process.stdout.write(
      `fuzzing: ${caseCount.toLocaleString('en')} cases for ${expect.getState().testPath?.split('/').at(-1)}, no failure\n`,
    )
})

/** Returns a property that counts its cases. */
export function property<T>(values: fc.Arbitrary<T>, check: (value: T) => Promise<void>) {
  return fc.asyncProperty(values, async value => {
    caseCount += 1
    await check(value)
  })
}

/** Runs `act` and returns its result, or `undefined` after an `OktaConnectError`. Checks that the error has no secret. */
export async function runSafely(act: () => unknown): Promise<unknown> {
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

/** Valid texts with a random edit. */
export const mutated = (valid: fc.Arbitrary<string>) =>
  fc
    .tuple(valid, fc.nat(), fc.nat(4), fc.string({ unit: 'binary', maxLength: 4 }))
    .map(([text, at, removed, inserted]) => {
      const index = at % (text.length + 1)
      return text.slice(0, index) + inserted + text.slice(index + removed)
    })
