import type { Context } from 'koa'
import type { Org } from '../org/org.js'
import { whyRefused } from './access.js'
import { boardPage } from './control-panel-page.js'
import type { Controls } from './controls.js'
import { INPUT, InputError, readInput } from './input.js'

/** An org and what can be changed about it. */
export interface Board {
  readonly org: Org
  readonly controls: Controls
}

interface Route {
  readonly method: string
  readonly path: RegExp
  answer(board: Board, ctx: Context, id: string): void | Promise<void>
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^$/, answer: ({ org }, ctx) => boardPage(ctx, org) },
  { method: 'GET', path: /^\/state$/, answer: showState },
  { method: 'GET', path: /^\/requests$/, answer: ({ org }, ctx) => json(ctx, org.log.entries) },
  { method: 'DELETE', path: /^\/requests$/, answer: forgetRequests },
  { method: 'GET', path: /^\/faults$/, answer: ({ org }, ctx) => json(ctx, org.faults.active) },
  { method: 'POST', path: /^\/faults$/, answer: addFault },
  { method: 'DELETE', path: /^\/faults\/(\d+)$/, answer: removeFault },
  { method: 'POST', path: /^\/faults\/(\d+)\/remove$/, answer: removeFault },
  { method: 'POST', path: /^\/clock$/, answer: setClock },
  { method: 'POST', path: /^\/nonce$/, answer: rotateNonce },
  { method: 'PATCH', path: /^\/clients\/([^/]+)$/, answer: updateClient },
  { method: 'POST', path: /^\/clients\/([^/]+)$/, answer: updateClient },
  { method: 'POST', path: /^\/rate-limits$/, answer: limitRate },
  { method: 'POST', path: /^\/unreachable$/, answer: leaveFor },
  { method: 'POST', path: /^\/reset$/, answer: reset },
]

/** Whether a path is the switchboard's. */
export function isSwitchboard(path: string): boolean {
  return path === '/_emulator' || path.startsWith('/_emulator/')
}

/** Answers for the switchboard: the page for people, and JSON with the same powers. It is not in the request log. */
export async function switchboard(board: Board, ctx: Context): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  const refusal = whyRefused(ctx.req)
  if (refusal !== undefined) return fail(ctx, 403, 'forbidden', refusal)
  const path = ctx.path.slice('/_emulator'.length).replace(/\/$/, '')
  const route = ROUTES.find(candidate => candidate.method === ctx.method && candidate.path.test(path))
  if (route === undefined) return fail(ctx, 404, 'not_found', 'The switchboard has no such part.')
  try {
    await route.answer(board, ctx, route.path.exec(path)?.[1] ?? '')
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    fail(ctx, 400, 'invalid_request', error.message)
  }
}

function showState({ org }: Board, ctx: Context): void {
  json(ctx, {
    orgUrl: org.url.origin,
    now: new Date(org.clock.now()),
    clients: [...org.apps.values()].map(({ clientId, kind, dpop, adminRole, active, scopes, grantTypes }) => ({
      clientId,
      kind,
      dpop,
      adminRole,
      active,
      scopes,
      grantTypes,
    })),
    users: org.users.map(({ login, assigned, adminRole }) => ({ login, assigned, adminRole })),
    faults: org.faults.active,
    requests: org.log.entries.length,
  })
}

function forgetRequests({ org }: Board, ctx: Context): void {
  org.log.clear()
  done(ctx)
}

async function reset({ controls }: Board, ctx: Context): Promise<void> {
  await controls.reset()
  done(ctx)
}

async function addFault({ org }: Board, ctx: Context): Promise<void> {
  const id = org.faults.add(await readInput(ctx.req, INPUT.fault))
  json(ctx, { id }, 201)
}

function removeFault({ org }: Board, ctx: Context, id: string): void {
  if (org.faults.remove(Number(id))) done(ctx)
  else fail(ctx, 404, 'not_found', 'There is no such fault (any more).')
}

async function setClock({ org, controls }: Board, ctx: Context): Promise<void> {
  const { advanceMs, ...setting } = await readInput(ctx.req, INPUT.clock)
  if (advanceMs === undefined) controls.setClock(setting)
  else controls.advanceClock(advanceMs)
  json(ctx, { now: new Date(org.clock.now()) })
}

async function rotateNonce({ controls }: Board, ctx: Context): Promise<void> {
  const { keepPrevious = true } = await readInput(ctx.req, INPUT.nonce)
  controls.rotateDpopNonce({ keepPrevious })
  done(ctx)
}

async function updateClient({ org, controls }: Board, ctx: Context, clientId: string): Promise<void> {
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

async function limitRate({ controls }: Board, ctx: Context): Promise<void> {
  controls.limitRate(await readInput(ctx.req, INPUT.limits))
  done(ctx)
}

/** The answer goes out first: afterwards nothing does. */
async function leaveFor({ controls }: Board, ctx: Context): Promise<void> {
  const outage = await readInput(ctx.req, INPUT.outage)
  done(ctx)
  ctx.set('Connection', 'close')
  ctx.res.once('finish', () => setImmediate(() => void controls.unreachable(outage)))
}

/** A person sees the page again, a program gets JSON. */
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
