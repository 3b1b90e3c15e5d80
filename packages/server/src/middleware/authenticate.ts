import type { MiddlewareHandler } from 'hono'
import { rateLimiter } from 'hono-rate-limiter'
import type { AppContext, AppEnv } from '../app-env.js'
import type { AssertionContext } from '../clients/assertion-context.js'
import {
  authenticateClient,
  type CredentialSource,
  type Credentials,
  readCredentials,
} from '../clients/authenticate-client.js'
import type { AccessMode } from '../clients/client.js'
import { clientAddressFinder } from '../http/client-address.js'
import { readForm } from '../http/form.js'
import { HttpError, InvalidAssertionError } from '../http/http-error.js'
import { networkOf } from '../http/networks.js'
import { requestHeader } from '../http/request-header.js'
import type { RouteDeps } from '../route-deps.js'
import { StateUnavailable } from '../state/shared-state.js'

const windowMs = 60_000

/** Reads the form of an OAuth request, authenticates the client, and applies its rate limit. */
export function authenticateByForm(deps: RouteDeps): MiddlewareHandler<AppEnv> {
  const authenticate = authenticator(deps)
  return async (c, next) => {
    const form = await readForm(c)
    c.set('form', form)
    await authenticate(c, form.single)
    await next()
  }
}

/** Authenticates the client by the `Authorization` header, checks its access mode, and applies its rate limit. */
export function authenticateByHeader(deps: RouteDeps, mode: AccessMode): MiddlewareHandler<AppEnv> {
  const authenticate = authenticator(deps)
  return async (c, next) => {
    await authenticate(c)
    requireAccess(c, mode)
    await next()
  }
}

/**
 * @param members of the response.
 * @throws {@link HttpError} 403 when the client may not use connections in this mode.
 */
export function requireAccess(c: AppContext, mode: AccessMode, members: Readonly<Record<string, string>> = {}): void {
  if (c.get('client').access.has(mode)) return
  throw new HttpError(403, 'unauthorized_client', `The access of this client does not include ${mode}.`, { members })
}

function authenticator(deps: RouteDeps) {
  const { config, clients, issuers, rejections, state, failures, now } = deps
  const { issuer } = config
  const limit = rateLimit(deps)
  const addressOf = clientAddressFinder(config)
  return async (c: AppContext, form?: ReadonlyMap<string, string>): Promise<void> => {
    const source = {
      authorization: requestHeader(c, 'authorization'),
      clientHeader: requestHeader(c, 'connect-okta-client'),
      ...(form !== undefined && { form }),
    }
    // Without the name of an unknown client, which may be a misplaced secret.
    const report = (client: string | undefined, reason: string) => {
      const isKnown = client !== undefined && clients.has(client)
      rejections.add(isKnown ? client : undefined, undefined, { reason }, c.get('requestId'))
    }
    const credentials = readOrReport(source, issuers, report)
    const attempt = () => {
      const peer = addressOf(c)
      const isGuessable = credentials.type === 'secret' || credentials.type === 'assertion'
      return { network: peer && networkOf(peer.address), name: isGuessable ? credentials.name : undefined }
    }
    const context: AssertionContext = {
      ...{ clients, issuer, path: c.req.path, state, now },
      async onAuthenticated(client, identity) {
        c.set('client', client)
        c.set('identity', identity)
        if (client.ratePerMinute !== undefined) await limit(c, async () => {})
      },
      onRejected: (client, issuer, rejection) => rejections.add(client, issuer, rejection, c.get('requestId')),
    }
    if (!failures.isEmpty) failures.rejectIfTooMany(attempt())
    try {
      await authenticateClient(credentials, context)
    } catch (error) {
      if (!(error instanceof HttpError && error.status === 401)) throw error
      if (credentials.type === 'secret' || credentials.type === 'assertion') {
        report(credentials.name, clients.has(credentials.name) ? error.message : 'no client has this client_id')
      }
      throw error instanceof InvalidAssertionError ? error : await failures.add(attempt(), error)
    }
  }
}

function readOrReport(
  source: CredentialSource,
  issuers: RouteDeps['issuers'],
  report: (client: string | undefined, reason: string) => void,
): Credentials {
  try {
    return readCredentials(source, issuers)
  } catch (error) {
    const { authorization, form, clientHeader } = source
    const hasCredentials = authorization !== undefined || form?.has('client_assertion') || form?.has('client_secret')
    if (error instanceof HttpError && error.status === 401 && hasCredentials) {
      report(form?.get('client_id') ?? clientHeader, error.message)
    }
    throw error
  }
}

// Shared by all processes. While these cannot reach their Redis, no rate is limited.
function rateLimit({ state, log }: RouteDeps): MiddlewareHandler<AppEnv> {
  return rateLimiter<AppEnv>({
    windowMs,
    limit: c => c.get('client').ratePerMinute ?? 0,
    keyGenerator: c => c.get('client').name,
    standardHeaders: 'draft-6',
    handler: () => {
      throw new HttpError(
        429,
        'temporarily_unavailable',
        'The rate limit of this client is exceeded: see the header RateLimit-Reset.',
      )
    },
    store: {
      async increment(name) {
        try {
          const { hits, resetsInMs } = await state.count(`rate:${name}`, windowMs)
          return { totalHits: hits, resetTime: resetTime(resetsInMs) }
        } catch (error) {
          if (!(error instanceof StateUnavailable)) throw error
          log.warn({ client: name }, 'rate limits are not enforced: the shared state is not available')
          return { totalHits: 0, resetTime: resetTime(windowMs) }
        }
      },
      decrement() {},
      resetKey: name => state.remove(`rate:${name}`),
    },
  })
}

// The library subtracts Date.now() again.
function resetTime(ms: number): Date {
  return new Date(Date.now() + ms)
}
