/** Something a person may want to know although nothing failed. */
export interface Notice {
  /** Stable, snake_case. */
  readonly code:
    | 'account_differs'
    | 'api_forbidden'
    | 'clock_skew'
    | 'device_code'
    | 'key_file_readable'
    | 'offline_access_refused'
    | 'record_ignored'
    | 'revocation_failed'
    | 'retrying'
    | 'scope_missing'
    | 'short_lived_token'
    | 'store_unsealed'
    | 'waiting'
  /** One sentence, free of secrets. */
  readonly message: string
}

/** Takes notices; must not throw. */
export type Notify = (notice: Notice) => void
