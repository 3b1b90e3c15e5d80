import { ApiError } from '../../http/errors.js'
import { appAsEntity, logEvent } from '../../http/events.js'
import type { Exchange } from '../../http/exchange.js'
import { readJson } from '../../http/read-json.js'
import { validationError } from '../../http/validation-error.js'
import { type AppRegistration, registerApp } from '../../org/apps/app.js'
import { accepted, flag, queryValue, refused } from '../table/parameters.js'
import { type AppInput, readApp } from './app-input.js'
import { appJson } from './app-json.js'
import { requestedApp } from './requested-app.js'

const activate = flag('activate', true, 'Whether the app is active.')

export const CREATE_APP = [activate]
export const ONE_APP = [refused('expand')]
export const DELETE_APP_USER = [accepted('sendEmail', 'The emulator sends no email.')]

/** `GET /api/v1/apps/{appId}`. */
export function oneApp(exchange: Exchange): void {
  sendApp(exchange, requestedApp(exchange))
}

/** `POST /api/v1/apps`: an OIDC app without granted scopes, users or an admin role. */
export async function createApp(exchange: Exchange): Promise<void> {
  const input = readApp(readJson(exchange))
  const created = await register(exchange, { ...input.config, active: queryValue(exchange, activate) })
  const app = save(
    exchange,
    { ...created, otherSettings: input.otherSettings, pkceRequired: input.pkceRequired },
    input,
  )
  logEvent(exchange, 'application.lifecycle.create', { targets: [appAsEntity(app)] })
  sendApp(exchange, app)
}

/** `PUT /api/v1/apps/{appId}`: keeps the users, the grants, and the credentials that the request leaves out. */
export async function replaceApp(exchange: Exchange): Promise<void> {
  const app = requestedApp(exchange)
  const input = readApp(readJson(exchange), app)
  if (input.config.kind !== app.kind)
    throw validationError('application_type', 'The application_type cannot be changed.')
  const isSecret = input.config.authentication === 'client_secret' && app.clientSecret !== undefined
  const kept = isSecret ? { clientSecret: app.clientSecret } : {}
  const replaced = await register(
    exchange,
    { ...kept, ...input.config, ...keptSettings(app), clientId: app.clientId },
    app,
  )
  const changed = save(
    exchange,
    {
      ...replaced,
      otherSettings: input.otherSettings,
      pkceRequired: input.pkceRequired,
      ...(app.jwk && keepsKey(replaced, app) && { jwk: app.jwk }),
      ...(input.config.jwks !== undefined && { savedKeys: keptIds(replaced, app) }),
    },
    input,
  )
  logEvent(exchange, 'application.lifecycle.update', { targets: [appAsEntity(changed)] })
  sendApp(exchange, changed)
}

/** `DELETE /api/v1/apps/{appId}`. */
export function deleteApp(exchange: Exchange): void {
  const { org, ctx } = exchange
  const app = requestedApp(exchange)
  if (app.active) {
    throw new ApiError('E0000056', 'Delete application forbidden.', {
      status: 403,
      causes: ['The application must be deactivated before deletion.'],
    })
  }
  org.apps.delete(app.clientId)
  org.deletedApps.set(app.clientId, app)
  org.configs.delete(app.clientId)
  logEvent(exchange, 'application.lifecycle.delete', { targets: [appAsEntity(app)] })
  ctx.status = 204
}

/** `POST /api/v1/apps/{appId}/lifecycle/activate`. */
export function activateApp(exchange: Exchange): void {
  setActive(exchange, true)
}

/** `POST /api/v1/apps/{appId}/lifecycle/deactivate`: its tokens stop working. */
export function deactivateApp(exchange: Exchange): void {
  setActive(exchange, false)
}

/** Stores a changed app, with the time of the change. */
export function changeApp({ org }: Exchange, app: AppRegistration, changes: Partial<AppRegistration>): AppRegistration {
  const changed = { ...app, ...changes, lastUpdated: new Date(org.clock.now()) }
  org.apps.set(app.clientId, changed)
  return changed
}

function setActive(exchange: Exchange, active: boolean): void {
  const app = requestedApp(exchange)
  if (app.active !== active) {
    const changed = changeApp(exchange, app, { active })
    const { clientId, kind } = app
    exchange.org.configs.set(clientId, { ...(exchange.org.configs.get(clientId) ?? { kind }), active })
    const eventType = active ? 'application.lifecycle.activate' : 'application.lifecycle.deactivate'
    logEvent(exchange, eventType, { targets: [appAsEntity(changed)] })
  }
  exchange.ctx.body = {}
}

/** The settings of an app that its resource in the API does not have. */
function keptSettings({ scopes, adminRole, accessPolicy, active, assignedUsers, repeatRefreshToken }: AppRegistration) {
  return { scopes, adminRole, accessPolicy, active, assignedUsers, repeatRefreshToken }
}

/** Whether an app still has the key that the emulator generated for it. */
function keepsKey({ savedKeys }: AppRegistration, { jwk }: AppRegistration): boolean {
  return savedKeys.some(key => key.jwk.kid === jwk?.kid)
}

/** Keys that were saved before keep their IDs. */
function keptIds(replaced: AppRegistration, { savedKeys }: AppRegistration): AppRegistration['savedKeys'] {
  const same = (a: object, b: object) =>
    JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
  return replaced.savedKeys.map(key => savedKeys.find(saved => same(saved.jwk, key.jwk)) ?? key)
}

async function register(
  { org }: Exchange,
  config: AppInput['config'],
  previous?: AppRegistration,
): Promise<AppRegistration> {
  const users = org.directory.all.map(({ profile }) => ({ login: profile.login, assigned: false }))
  return registerApp(config, { users, clock: org.clock, random: org.random }, previous)
}

function save({ org }: Exchange, app: AppRegistration, { config }: AppInput): AppRegistration {
  org.apps.set(app.clientId, app)
  org.configs.set(app.clientId, { ...config, ...keptSettings(app), clientId: app.clientId })
  return app
}

function sendApp({ ctx, org }: Exchange, app: AppRegistration): void {
  ctx.body = appJson(org, app, { hasSecret: ctx.method !== 'GET' })
}
