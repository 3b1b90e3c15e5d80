import type { JsonWebKey } from 'node:crypto'
import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** The paths of the programs and files that some tests require, by name: see system-needs.mjs. */
    readonly systemNeeds: Readonly<Record<string, string | undefined>>
    readonly chromiumArguments: readonly string[]
    /** See rsa-key.ts. */
    readonly rsaKeys: readonly JsonWebKey[]
  }
}
