import type { OktaEmulator } from '@connect-okta/emulator'
import type { RawRequest, RawResponse } from '../../support/raw-request.js'

/** The body of a response, of which a scenario uses members that may be missing. */
// biome-ignore lint/suspicious/noExplicitAny: the comparison reports what is missing.
export type Json = any

/** What a scenario does with an org. */
export interface Conversation {
  readonly okta: OktaEmulator
  /** Sends a request of an admin. Without a name of a fact, the response is not compared. */
  send(request: RawRequest): Promise<Json>
  /** Sends a request of an admin, and compares the response with the fact of this name. */
  compare(fact: string, request: RawRequest): Promise<Json>
  /** Sends a request as it is. */
  sendRaw(request: RawRequest): Promise<RawResponse>
  /** Compares a response with the fact of this name. */
  compareResponse(fact: string, request: RawRequest, response: RawResponse): void
}

/** Requests in their order. A scenario covers the facts that it names. */
export type Scenario = (conversation: Conversation) => Promise<void>

export const get = (path: string): RawRequest => ({ method: 'GET', path })
export const post = (path: string, body: object = {}): RawRequest => ({ method: 'POST', path, body })
export const put = (path: string, body?: object): RawRequest => ({ method: 'PUT', path, body })
export const remove = (path: string): RawRequest => ({ method: 'DELETE', path })
