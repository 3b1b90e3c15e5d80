/** A request that the emulator received, and the status of its response. Secrets are masked. */
export interface LoggedRequest {
  /** When it arrived, by the clock of the org. */
  readonly time: string
  readonly method: string
  /** The path, without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** The form parameters of a POST request. Secrets, codes, assertions and tokens are replaced by `***`. */
  readonly form: Readonly<Record<string, string>>
  /** The scheme of the Authorization header, in lower case. */
  readonly authorizationScheme: string | undefined
  /** Whether the request had a DPoP proof. */
  readonly hasDpopProof: boolean
  /** 0 when a fault closed the connection without a response. */
  readonly status: number
  /** The error code of the response: `error` of OAuth, or `errorCode` of the API. */
  readonly error: string | undefined
  /** The fault that was applied, as JSON. */
  readonly fault: string | undefined
  /** How long the response took, by the clock of the machine. */
  readonly durationMs: number
}

const SECRET_PARAMETERS = new Set([
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'refresh_token',
  'device_code',
  'id_token_hint',
  'access_token',
  'assertion',
  'sessionToken',
  'user_code',
  'token',
  'password',
])
const MAX_ENTRIES = 10_000

/** The requests of one emulator, oldest first. At most the latest 10,000 are stored. */
export class RequestLog {
  #entries: LoggedRequest[] = []

  get entries(): readonly LoggedRequest[] {
    return this.#entries
  }

  add(entry: LoggedRequest): void {
    if (this.#entries.length >= MAX_ENTRIES) this.#entries = this.#entries.slice(MAX_ENTRIES / 2)
    this.#entries.push(entry)
  }

  clear(): void {
    this.#entries = []
  }
}

/** Converts parameters to a record, and replaces secrets by `***`. */
export function maskSecrets(parameters: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries([...parameters].map(([name, value]) => [name, SECRET_PARAMETERS.has(name) ? '***' : value]))
}
