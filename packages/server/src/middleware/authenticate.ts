import type { MiddlewareHandler } from 'hono'
import { rateLimiter } from 'hono-rate-limiter'
import type { AppContext, AppEnv, World } from '../app-env.js'
import { callerOf, claimOf } from '../clients/authenticate-client.js'
import type { Caller, Way } from '../clients/client.js'
import { clientAddressFinder } from '../http/client-address.js'
import { readForm } from '../http/form.js'
import { headerOf } from '../http/header-of.js'
import { AssertionRefusal, Refusal } from '../http/http-error.js'
import { networkOf } from '../http/networks.js'
import { StateUnavailable } from '../state/shared-state.js'

const windowMs = 60_000

/** Reads the form of an OAuth request, finds out who calls, and holds them to their rate. */
export function knowCallerOfForm(world: World): MiddlewareHandler<AppEnv> {
  const identify = identifier(world)
  return async (c, next) => {
    const form = await readForm(c)
    c.set('form', form)
    await identify(c, form.one)
    await next()
  }
}

/** Finds out who calls by the header alone and whether they may in this way, and holds them to their rate. */
export function knowCallerOfHeader(world: World, way: Way): MiddlewareHandler<AppEnv> {
  const identify = identifier(world)
  return async (c, next) => {
    await identify(c)
    requireWay(c, way)
    await next()
  }
}

/** @throws {@link Refusal} 403 where the caller may not use connections in this way. */
export function requireWay(c: AppContext, way: Way): void {
  if (c.get('caller').ways.has(way)) return
  throw new Refusal(403, 'unauthorized_client', `This caller may not use ${way}.`)
}

function identifier(world: World) {
  const { config, callers, state, failures, now } = world
  const { issuer } = config
  const limit = rateLimit(world)
  const clientOf = clientAddressFinder(config)
  return async (c: AppContext, form?: ReadonlyMap<string, string>): Promise<void> => {
    const claim = claimOf({ authorization: headerOf(c, 'authorization'), ...(form !== undefined && { form }) })
    const attempt = () => {
      const client = clientOf(c)
      const network = client && networkOf(client.address)
      return { network, name: claim.name }
    }
    const admit = async (caller: Caller) => {
      c.set('caller', caller)
      if (caller.ratePerMinute !== undefined) await limit(c, async () => {})
    }
    if (!failures.areNone) failures.requireFew(attempt())
    try {
      await callerOf(claim, { callers, issuer, path: c.req.path, state, now, admit })
    } catch (error) {
      const isGuess = error instanceof Refusal && error.status === 401 && !(error instanceof AssertionRefusal)
      throw isGuess ? await failures.add(attempt(), error) : error
    }
  }
}

// Over all processes. While these cannot reach their Redis, no client is limited.
function rateLimit({ state, log }: World): MiddlewareHandler<AppEnv> {
  return rateLimiter<AppEnv>({
    windowMs,
    limit: c => c.get('caller').ratePerMinute ?? 0,
    keyGenerator: c => c.get('caller').name,
    standardHeaders: 'draft-6',
    handler: () => {
      throw new Refusal(429, 'temporarily_unavailable', 'This caller asks too often: see the header RateLimit-Reset.')
    },
    store: {
      async increment(name) {
        try {
          const { hits, resetsInMs } = await state.count(`rate:${name}`, windowMs)
          return { totalHits: hits, resetTime: inMs(resetsInMs) }
        } catch (error) {
          if (!(error instanceof StateUnavailable)) throw error
          log.warn({ caller: name }, 'rates are not counted: the shared state is not available')
          return { totalHits: 0, resetTime: inMs(windowMs) }
        }
      },
      decrement() {},
      resetKey: name => state.remove(`rate:${name}`),
    },
  })
}

// The library computes the seconds that are left from the same clock.
function inMs(ms: number): Date {
  return new Date(Date.now() + ms)
}
