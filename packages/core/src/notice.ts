/** Information for the user that is not an error. */
export interface Notice {
  /** Stable, snake_case. */
  readonly code:
    | 'account_differs'
    | 'api_forbidden'
    | 'callback_misdirected'
    | 'clock_skew'
    | 'device_code'
    | 'key_file_readable'
    | 'offline_access_refused'
    | 'record_ignored'
    | 'revocation_failed'
    | 'retrying'
    | 'scope_missing'
    | 'short_lived_token'
    | 'signer_waiting'
    | 'store_unencrypted'
    | 'waiting'
  /** One sentence, free of secrets. */
  readonly message: string
}

/** Receives notices. It must not throw. */
export type Notify = (notice: Notice) => void
