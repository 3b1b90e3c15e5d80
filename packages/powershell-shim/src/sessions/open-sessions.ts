import {
  type ConnectOptions,
  type Deps,
  type OktaSession,
  openSession,
  type ResumeOptions,
  resume,
} from '@connect-okta/core'
import type { Account } from '@connect-okta/core/types'
import { connectCall } from './connect-options.js'
import { anotherApp, notConnected, signInEnded, UnknownSession, undefinedIfEnded } from './session-errors.js'

/** A session, with the ID that the module gave it. */
export interface Connected {
  readonly id: unknown
  /** `undefined` if the saved sign-in that it used has ended. */
  readonly session: OktaSession | undefined
  /** The ID at Okta of the account that signed in. */
  readonly subject: unknown
  /** The record of the stored sign-in that it continues, without the key of the app. */
  readonly recordKey?: unknown
  /** What the session was opened with: a profile may have its own store. */
  readonly deps: Partial<Deps>
  /** Whether its key is one that only the module has. */
  readonly isSignedByModule: boolean
}

// The module restores an older one if it is used again.
const maxSessions = 20

/** The sessions of the PowerShell process that this process has opened. */
export class OpenSessions {
  readonly #sessions = new Map<unknown, Connected>()
  readonly #deps: Partial<Deps>

  constructor(deps: Partial<Deps>) {
    this.#deps = deps
  }

  add(connected: Connected): void {
    this.#sessions.set(connected.id, connected)
    if (this.#sessions.size > maxSessions) this.#sessions.delete(this.#sessions.keys().next().value)
  }

  remove(id: unknown): void {
    this.#sessions.delete(id)
  }

  /**
   * Returns the session that a request names.
   *
   * @throws {@link OktaConnectError} `login_required`; {@link UnknownSession}
   */
  async connectedAs(id: unknown): Promise<Connected> {
    if (id === undefined || id === '') throw await notConnected(this.#deps)
    const connected = this.#sessions.get(id)
    if (connected === undefined) throw new UnknownSession()
    return connected
  }

  /** As {@link connectedAs}. @throws {@link OktaConnectError} `login_required`, also if the saved sign-in has ended. */
  async sessionOf(id: unknown): Promise<OktaSession> {
    const { session } = await this.connectedAs(id)
    if (session === undefined) throw signInEnded()
    return session
  }
}

/** What the module stores of a session, to open it again. */
export interface SessionParameters {
  readonly session: unknown
  readonly subject?: unknown
  readonly recordKey?: unknown
  /** The org and the app of a profile, which may have changed meanwhile. */
  readonly expected?: unknown
  readonly [name: string]: unknown
}

/** Opens the session of an account again. Sends no request and never asks a user to sign in. */
export async function reopen(
  { session: id, subject, recordKey, expected, ...given }: SessionParameters,
  deps: Partial<Deps>,
): Promise<Connected> {
  const accept = typeof subject === 'string' ? { accept: (account: Account) => account.sub === subject } : {}
  if (recordKey !== undefined) {
    const options = { recordKey, ...accept } as ResumeOptions
    return {
      id,
      subject,
      recordKey,
      deps,
      isSignedByModule: false,
      session: await resume(options, deps).catch(undefinedIfEnded),
    }
  }
  const call = await connectCall(given, deps)
  const session = await openSession({ ...call.options, ...accept } as ConnectOptions, call.deps)
  if (expected !== undefined && expected !== appOf(session)) throw anotherApp(given.profile, expected)
  return { id, subject, deps: call.deps, session, isSignedByModule: given.signer !== undefined }
}

/** The app of a session, and the org or the broker that it belongs to. */
export function appOf({ orgUrl, broker, connection, clientId = '' }: OktaSession): string {
  if (broker === undefined) return `${clientId} at ${orgUrl.host}`
  return `${clientId} at the broker ${broker.host}${connection === undefined ? '' : ` with the connection ${connection}`}`
}
