import {
  type ConnectOptions,
  type Deps,
  type OktaSession,
  openSession,
  type ResumeOptions,
  resume,
} from '@connect-okta/core'
import type { Account } from '@connect-okta/core/types'
import { coreOptions } from './core-options.js'
import { notConnected, signInEnded, UnknownSession, undefinedIfEnded } from './session-errors.js'

/** A session, with the ID that the module gave it. */
export interface Connected {
  readonly id: unknown
  /** `undefined` if the saved sign-in that it used has ended. */
  readonly session: OktaSession | undefined
  /** The ID at Okta of the account that signed in. */
  readonly subject: unknown
  /** The record of the stored sign-in that it continues, without the key of the app. */
  readonly recordKey?: unknown
}

/** The session of the PowerShell process. */
export class CurrentSession {
  #current: Connected | undefined
  readonly #deps: Partial<Deps>

  constructor(deps: Partial<Deps>) {
    this.#deps = deps
  }

  set(connected: Connected | undefined): void {
    this.#current = connected
  }

  /**
   * Returns the session that a request names: a call that was cancelled may have opened another one.
   *
   * @throws {@link OktaConnectError} `login_required`; {@link UnknownSession}
   */
  async connectedAs(id: unknown): Promise<Connected> {
    if (id === undefined || id === '') throw await notConnected(this.#deps)
    if (this.#current?.id !== id) throw new UnknownSession()
    return this.#current
  }

  /** As {@link connectedAs}. @throws {@link OktaConnectError} `login_required`, also if the saved sign-in has ended. */
  async sessionOf(id: unknown): Promise<OktaSession> {
    const { session } = await this.connectedAs(id)
    if (session === undefined) throw signInEnded()
    return session
  }
}

/** Opens the session of an account again. Sends no request and never asks a user to sign in. */
export async function reopen(
  { recordKey, ...options }: Record<string, unknown>,
  subject: unknown,
  deps: Partial<Deps>,
): Promise<OktaSession | undefined> {
  const accept = typeof subject === 'string' ? { accept: (account: Account) => account.sub === subject } : {}
  if (recordKey === undefined) return await openSession({ ...coreOptions(options), ...accept } as ConnectOptions, deps)
  return await resume({ recordKey, ...accept } as ResumeOptions, deps).catch(undefinedIfEnded)
}
