import { pathPattern } from '../http/path-pattern.js'

/** A fault to inject: what fails, for which requests, and how often. */
export interface FaultSpec {
  /** A path, for example `/oauth2/v1/token`, `/api/v1/users/{id}` or `/api/*`. Default: all paths. */
  readonly endpoint?: string | undefined
  /** The HTTP method. Default: all methods. */
  readonly method?: string | undefined
  /** Number of requests that the fault applies to. Default: all, until it is removed. */
  readonly times?: number | undefined
  /** Number of matching requests to skip before the fault applies. Default: 0. */
  readonly skip?: number | undefined
  /** Waits before the request is processed. */
  readonly delayMs?: number | undefined
  /** Responds with this status and, without `body`, with Okta's error for it. */
  readonly status?: number | undefined
  /** Adds a `Retry-After` header. */
  readonly retryAfterSeconds?: number | undefined
  /** Adds or replaces headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Responds with this text. */
  readonly body?: string | undefined
  /** Replaces the Content-Type header. */
  readonly contentType?: string | undefined
  /** Responds with an HTML page, like a proxy or a captive portal. */
  readonly html?: boolean | undefined
  /** Responds with 64 MiB of JSON, or with the given number of bytes. */
  readonly huge?: boolean | number | undefined
  /** Closes the connection in the middle of the response. */
  readonly truncate?: boolean | undefined
  /** Closes the connection without a response. */
  readonly drop?: boolean | undefined
  /**
   * Whether the request is processed before the fault applies, so that only the response is lost: a token is issued, a
   * refresh token rotated, a code redeemed. Default: false. With `truncate` the request is always processed.
   */
  readonly afterwards?: boolean | undefined
}

/** Removes a fault. */
export interface FaultHandle extends Disposable {
  remove(): void
}

/** An active fault, and the number of requests it was applied to. */
export interface ActiveFault {
  readonly id: number
  readonly spec: FaultSpec
  readonly hits: number
}

interface FaultState {
  readonly id: number
  readonly spec: FaultSpec
  readonly pattern: RegExp
  matched: number
  hits: number
}

/** The active faults. When several match a request, the oldest is applied. */
export class Faults {
  #faults: readonly FaultState[] = []
  #lastId = 0

  get active(): readonly ActiveFault[] {
    return this.#faults.map(({ id, spec, hits }) => ({ id, spec, hits }))
  }

  /** @returns the ID of the fault, for {@link remove} */
  add(spec: FaultSpec): number {
    this.#lastId += 1
    const pattern = pathPattern(spec.endpoint ?? '*')
    this.#faults = [...this.#faults, { id: this.#lastId, spec, pattern, matched: 0, hits: 0 }]
    return this.#lastId
  }

  /** Returns false when there is no such fault. */
  remove(id: number): boolean {
    const remaining = this.#faults.filter(fault => fault.id !== id)
    const found = remaining.length < this.#faults.length
    this.#faults = remaining
    return found
  }

  clear(): void {
    this.#faults = []
  }

  /** Returns the fault for a request, and removes it after its last use. */
  take(method: string, path: string, { isPreflight = false } = {}): FaultSpec | undefined {
    for (const fault of this.#faults) {
      const { spec, pattern } = fault
      if (!pattern.test(path) || (spec.method ?? method).toUpperCase() !== method) continue
      // A browser sends a preflight by itself. Only a fault for OPTIONS applies to it.
      if (isPreflight && spec.method === undefined) continue
      fault.matched += 1
      if (fault.matched <= (spec.skip ?? 0)) continue
      fault.hits += 1
      if (fault.hits >= (spec.times ?? Number.POSITIVE_INFINITY)) this.remove(fault.id)
      return spec
    }
    return undefined
  }
}
