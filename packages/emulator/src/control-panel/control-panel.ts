import type { Context } from 'koa'
import type { AppRegistration } from '../org/apps/app.js'
import type { Org } from '../org/org.js'
import { SnapshotError } from '../org/snapshot.js'
import { accessDeniedReason } from './access.js'
import { controlPanelPage } from './control-panel-page.js'
import type { Controls } from './controls.js'
import { INPUT, InputError, readInput } from './input.js'
import { liveRequests } from './live-requests.js'

/** The org of a control panel, and its controls. */
export interface PanelContext {
  readonly org: Org
  readonly controls: Controls
}

const MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024

interface Route {
  readonly method: string
  readonly path: RegExp
  handler(context: PanelContext, ctx: Context, id: string): void | Promise<void>
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^$/, handler: ({ org }, ctx) => controlPanelPage(ctx, org) },
  { method: 'GET', path: /^\/live$/, handler: ({ org }, ctx) => liveRequests(ctx, org) },
  { method: 'GET', path: /^\/state$/, handler: showState },
  { method: 'GET', path: /^\/requests$/, handler: ({ org }, ctx) => json(ctx, org.log.entries) },
  { method: 'DELETE', path: /^\/requests$/, handler: clearRequests },
  { method: 'GET', path: /^\/faults$/, handler: ({ org }, ctx) => json(ctx, org.faults.active) },
  { method: 'POST', path: /^\/faults$/, handler: addFault },
  { method: 'DELETE', path: /^\/faults\/(\d+)$/, handler: removeFault },
  { method: 'POST', path: /^\/faults\/(\d+)\/remove$/, handler: removeFault },
  { method: 'POST', path: /^\/clock$/, handler: setClock },
  { method: 'POST', path: /^\/nonce$/, handler: rotateNonce },
  { method: 'POST', path: /^\/features$/, handler: setFeatures },
  { method: 'PATCH', path: /^\/clients\/([^/]+)$/, handler: updateClient },
  { method: 'POST', path: /^\/clients\/([^/]+)$/, handler: updateClient },
  { method: 'POST', path: /^\/rate-limits$/, handler: limitRate },
  { method: 'POST', path: /^\/jwks-cache$/, handler: setJwksCache },
  { method: 'DELETE', path: /^\/jwks-cache$/, handler: clearJwksCache },
  { method: 'POST', path: /^\/jwks-cache\/clear$/, handler: clearJwksCache },
  { method: 'POST', path: /^\/unreachable$/, handler: makeUnreachable },
  { method: 'GET', path: /^\/snapshot$/, handler: async ({ controls }, ctx) => json(ctx, await controls.snapshot()) },
  { method: 'PUT', path: /^\/snapshot$/, handler: restore },
  { method: 'POST', path: /^\/reset$/, handler: reset },
]

/** Handles a request to the control panel: the page, or the same functions as a JSON API. It is not logged. */
export async function handleControlPanel(context: PanelContext, ctx: Context): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  const reason = accessDeniedReason(ctx.req)
  if (reason !== undefined) return fail(ctx, 403, 'forbidden', reason)
  const path = ctx.path.slice('/_emulator'.length).replace(/\/$/, '')
  const route = ROUTES.find(candidate => candidate.method === ctx.method && candidate.path.test(path))
  if (route === undefined) return fail(ctx, 404, 'not_found', 'The control panel has no such path.')
  try {
    await route.handler(context, ctx, route.path.exec(path)?.[1] ?? '')
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    fail(ctx, 400, 'invalid_request', error.message)
  }
}

function showState({ org }: PanelContext, ctx: Context): void {
  json(ctx, {
    orgUrl: org.url.origin,
    now: new Date(org.clock.now()),
    ...org.features,
    jwksCache: org.jwksCache.setting,
    clients: [...org.apps.values()].map(app => clientState(org, app)),
    users: org.users.map(({ login, assigned, adminRole }) => ({ login, assigned, adminRole })),
    faults: org.faults.active,
    requests: org.log.entries.length,
  })
}

function clientState({ jwksCache }: Org, app: AppRegistration) {
  const { clientId, kind, dpop, adminRole, accessPolicy, active, scopes, grantTypes, jwksUri, savedKeys } = app
  const fetched = jwksUri === undefined ? undefined : jwksCache.find(jwksUri)
  return {
    clientId,
    kind,
    dpop,
    adminRole,
    accessPolicy,
    active,
    scopes,
    grantTypes,
    jwksUri,
    ...(fetched && { cachedKeys: { kids: fetched.keys.map(({ kid }) => kid), fetchedAt: fetched.fetchedAt } }),
    savedKeys: savedKeys.map(({ id, jwk, status }) => ({ id, kid: jwk.kid, status })),
  }
}

function clearRequests({ org }: PanelContext, ctx: Context): void {
  org.log.clear()
  done(ctx)
}

async function reset({ controls }: PanelContext, ctx: Context): Promise<void> {
  await controls.reset()
  done(ctx)
}

async function restore({ controls }: PanelContext, ctx: Context): Promise<void> {
  const snapshot = await readInput(ctx.req, INPUT.snapshot, MAX_SNAPSHOT_BYTES)
  await controls.restore(snapshot).catch(error => {
    throw error instanceof SnapshotError ? new InputError(error.message, { cause: error }) : error
  })
  done(ctx)
}

async function addFault({ org }: PanelContext, ctx: Context): Promise<void> {
  const id = org.faults.add(await readInput(ctx.req, INPUT.fault))
  json(ctx, { id }, 201)
}

function removeFault({ org }: PanelContext, ctx: Context, id: string): void {
  if (org.faults.remove(Number(id))) done(ctx)
  else fail(ctx, 404, 'not_found', 'There is no such fault.')
}

async function setClock({ org, controls }: PanelContext, ctx: Context): Promise<void> {
  const { advanceMs, ...setting } = await readInput(ctx.req, INPUT.clock)
  if (advanceMs === undefined) controls.setClock(setting)
  else controls.advanceClock(advanceMs)
  json(ctx, { now: new Date(org.clock.now()) })
}

async function rotateNonce({ controls }: PanelContext, ctx: Context): Promise<void> {
  const { keepPrevious = true } = await readInput(ctx.req, INPUT.nonce)
  controls.rotateDpopNonce({ keepPrevious })
  done(ctx)
}

async function setFeatures({ controls }: PanelContext, ctx: Context): Promise<void> {
  controls.setFeatures(await readInput(ctx.req, INPUT.features))
  done(ctx)
}

async function updateClient({ org, controls }: PanelContext, ctx: Context, clientId: string): Promise<void> {
  if (!org.apps.has(clientId)) return fail(ctx, 404, 'not_found', 'There is no such app.')
  const changes = await readInput(ctx.req, INPUT.client)
  const {
    jwk: _private,
    clientSecret: _secret,
    ...app
  } = await controls.update(clientId, changes).catch(error => {
    throw new InputError(error instanceof Error ? error.message : String(error), { cause: error })
  })
  json(ctx, app)
}

async function setJwksCache({ controls }: PanelContext, ctx: Context): Promise<void> {
  controls.setJwksCache(await readInput(ctx.req, INPUT.jwksCache))
  done(ctx)
}

function clearJwksCache({ controls }: PanelContext, ctx: Context): void {
  controls.clearJwksCache()
  done(ctx)
}

async function limitRate({ controls }: PanelContext, ctx: Context): Promise<void> {
  controls.limitRate(await readInput(ctx.req, INPUT.limits))
  done(ctx)
}

/** Sends the response before the outage starts. */
async function makeUnreachable({ controls }: PanelContext, ctx: Context): Promise<void> {
  const outage = await readInput(ctx.req, INPUT.outage)
  done(ctx)
  ctx.set('Connection', 'close')
  ctx.res.once('finish', () => setImmediate(() => void controls.unreachable(outage)))
}

/** Sends JSON, or redirects a form of the page back to it. */
function json(ctx: Context, value: unknown, status = 200): void {
  if (ctx.is('urlencoded')) {
    done(ctx)
    return
  }
  ctx.status = status
  ctx.type = 'json'
  ctx.body = JSON.stringify(value, null, 2)
}

function done(ctx: Context): void {
  if (!ctx.is('urlencoded')) {
    ctx.status = 204
    return
  }
  ctx.redirect('/_emulator')
  ctx.status = 303
}

function fail(ctx: Context, status: number, error: string, description: string): void {
  ctx.status = status
  ctx.body = { error, error_description: description }
}
