import type { JsonWebKey } from 'node:crypto'
import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where what some tests need from the system was found, by name: see system-needs.mjs. */
    readonly systemNeeds: Readonly<Record<string, string | undefined>>
    readonly chromiumArguments: readonly string[]
    /** See rsa-key.ts. */
    readonly rsaKeys: readonly JsonWebKey[]
  }
}
