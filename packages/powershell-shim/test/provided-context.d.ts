import 'vitest'

/** A shell around PowerShell's engine. */
export interface EngineKind {
  readonly name: string
  /** What starts it, before its arguments; `undefined` where it is not there. */
  readonly command: readonly string[] | undefined
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The shells that the tests run in. */
    readonly engines: readonly EngineKind[]
  }
}
