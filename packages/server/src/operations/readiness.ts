import { type AccessToken, type ErrorCode, errorCatalogue, isOktaConnectError } from '@connect-okta/core'
import type { Connections } from '../connections/connections.js'
import type { Upstream } from '../connections/upstream.js'
import type { Metrics } from './metrics.js'

/** Whether a connection gives tokens now. */
export type ConnectionState =
  | {
      readonly upstream: Upstream
      readonly is: 'ready'
      readonly tokenType: AccessToken['type']
      readonly expiresAt: Date | null
    }
  /** Somebody has to sign in. */
  | { readonly upstream: Upstream; readonly is: 'signed_out' }
  | { readonly upstream: Upstream; readonly is: 'failing'; readonly code: ErrorCode }

const lookEveryMs = 5_000
const answerWithinMs = 3_000

/** Looks at all connections, not oftener than every few seconds: it asks Okta where there is no good token. */
export function createReadiness(connections: Connections, metrics: Metrics, now: () => number) {
  let looked: { readonly at: number; readonly states: Promise<readonly ConnectionState[]> } | undefined

  async function look(): Promise<readonly ConnectionState[]> {
    const states = await Promise.all(connections.all.map(stateOf))
    for (const { upstream, is } of states) metrics.setReady(upstream.name, is === 'ready')
    return states
  }

  return {
    states(): Promise<readonly ConnectionState[]> {
      if (looked === undefined || now() - looked.at > lookEveryMs) looked = { at: now(), states: look() }
      return looked.states
    },
    /** Looks anew at the next time: somebody has signed in or out. */
    forget(): void {
      looked = undefined
    },
  }
}

export type Readiness = ReturnType<typeof createReadiness>

async function stateOf(upstream: Upstream): Promise<ConnectionState> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), answerWithinMs)
  })
  try {
    const token = upstream.token({ scopes: undefined, minValidityMs: 0 })
    const { type, expiresAt } = await Promise.race([token, late])
    return { upstream, is: 'ready', tokenType: type, expiresAt }
  } catch (error) {
    if (!isOktaConnectError(error)) return { upstream, is: 'failing', code: 'network_failed' }
    const needsPerson = errorCatalogue[error.code].exitCode === errorCatalogue.login_required.exitCode
    return needsPerson ? { upstream, is: 'signed_out' } : { upstream, is: 'failing', code: error.code }
  } finally {
    clearTimeout(timer)
  }
}
