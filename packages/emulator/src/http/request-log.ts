/** One request the emulator answered. Secrets are masked. */
export interface LoggedRequest {
  readonly method: string
  /** The path name, without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** The form parameters of a POST; secrets, codes, assertions and tokens read `***`. */
  readonly form: Readonly<Record<string, string>>
  /** The scheme of the Authorization header, in lower case, or undefined. */
  readonly authorizationScheme: string | undefined
  /** Whether the request carried a DPoP proof. */
  readonly hasDpopProof: boolean
  readonly status: number
  /** The error code answered: OAuth's `error`, or the API's `errorCode`. */
  readonly error: string | undefined
  /** The fault that hit it, if one did. */
  readonly fault: string | undefined
}

const SECRETS = new Set([
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'refresh_token',
  'device_code',
  'user_code',
  'token',
  'password',
])
const MOST_KEPT = 10_000

/** The requests of one emulator, oldest first. Only the newest 10,000 are kept. */
export class RequestLog {
  #entries: LoggedRequest[] = []

  get entries(): readonly LoggedRequest[] {
    return this.#entries
  }

  add(entry: LoggedRequest): void {
    if (this.#entries.length >= MOST_KEPT) this.#entries = this.#entries.slice(MOST_KEPT / 2)
    this.#entries.push(entry)
  }

  clear(): void {
    this.#entries = []
  }
}

/** Parameters as a plain record, with `***` in the place of every secret. */
export function masked(parameters: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries([...parameters].map(([name, value]) => [name, SECRETS.has(name) ? '***' : value]))
}
