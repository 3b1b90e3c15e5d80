import { pathPattern } from '../http/path-pattern.js'

/** What is to go wrong, where and how often. */
export interface FaultSpec {
  /** A path as `/oauth2/v1/token`, `/api/v1/users/{id}` or `/api/*`. Default: every one. */
  readonly endpoint?: string | undefined
  /** Default: every one. */
  readonly method?: string | undefined
  /** How many requests it hits. Default: all until it is removed. */
  readonly times?: number | undefined
  /** How many requests it lets pass first. Default: 0. */
  readonly skip?: number | undefined
  /** Waits before anything else happens. */
  readonly delayMs?: number | undefined
  /** Answers with this status, and without `body` with Okta's error for it. */
  readonly status?: number | undefined
  /** Adds a `Retry-After` header. */
  readonly retryAfterSeconds?: number | undefined
  /** Adds or replaces headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Answers with this text. */
  readonly body?: string | undefined
  /** Says that the answer is of this type. */
  readonly contentType?: string | undefined
  /** Answers with a page, as a proxy or a captive portal does. */
  readonly html?: boolean | undefined
  /** Answers without end: 64 MiB of JSON, or as many bytes as told. */
  readonly huge?: boolean | number | undefined
  /** Ends the connection in the middle of the org's answer. */
  readonly truncate?: boolean | undefined
  /** Ends the connection without an answer. */
  readonly drop?: boolean | undefined
  /**
   * Whether the org does its work all the same, so that only the answer is lost: a token is issued, a refresh token
   * rotated, a code used up. Default: false, the request never reaches the org. `truncate` needs the org in any case.
   */
  readonly afterwards?: boolean | undefined
}

/** A fault that is set, until it is removed. */
export interface FaultHandle extends Disposable {
  remove(): void
}

/** A fault that is set, and how often it hit. */
export interface ActiveFault {
  readonly id: number
  readonly spec: FaultSpec
  readonly hits: number
}

interface Armed {
  readonly id: number
  readonly spec: FaultSpec
  readonly pattern: RegExp
  seen: number
  hits: number
}

/** The faults that are set. Of two that fit a request the older one hits. */
export class Faults {
  #armed: readonly Armed[] = []
  #lastId = 0

  get active(): readonly ActiveFault[] {
    return this.#armed.map(({ id, spec, hits }) => ({ id, spec, hits }))
  }

  /** @returns the id to remove it by */
  add(spec: FaultSpec): number {
    this.#lastId += 1
    const pattern = pathPattern(spec.endpoint ?? '*')
    this.#armed = [...this.#armed, { id: this.#lastId, spec, pattern, seen: 0, hits: 0 }]
    return this.#lastId
  }

  /** Whether there was one. */
  remove(id: number): boolean {
    const rest = this.#armed.filter(armed => armed.id !== id)
    const found = rest.length < this.#armed.length
    this.#armed = rest
    return found
  }

  clear(): void {
    this.#armed = []
  }

  /** What happens to a request, if anything does. One that hit as often as it was to is gone. */
  take(method: string, path: string): FaultSpec | undefined {
    for (const armed of this.#armed) {
      const { spec, pattern } = armed
      if (!pattern.test(path) || (spec.method ?? method).toUpperCase() !== method) continue
      armed.seen += 1
      if (armed.seen <= (spec.skip ?? 0)) continue
      armed.hits += 1
      if (armed.hits >= (spec.times ?? Number.POSITIVE_INFINITY)) this.remove(armed.id)
      return spec
    }
    return undefined
  }
}
