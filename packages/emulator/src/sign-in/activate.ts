import type { Exchange } from '../http/exchange.js'
import type { AppRegistration } from '../org/app.js'
import type { DeviceGrant } from '../org/device-grants.js'
import type { EmulatorUser } from '../org/directory.js'
import { codePage, confirmPage, deviceSignInPage, donePage } from './device-pages.js'

const COOKIE = 'activate'
const WRONG_CODE = 'Invalid code. Look at your device and try again; a code lives ten minutes.'

/** `GET /activate`: who is not signed in signs in first; then the code, filled in when the address has it. */
export function showActivate(exchange: Exchange): void {
  const { ctx, org, form } = exchange
  const userCode = form.get('user_code') ?? ''
  const user = visitor(exchange)
  if (user === undefined) deviceSignInPage(ctx, org, { userCode, username: '' })
  else codePage(ctx, org, { user, userCode })
}

/** `POST /activate/sign-in`: user name and password. */
export function signInToActivate(exchange: Exchange): void {
  const { ctx, org, form } = exchange
  const username = form.get('username') ?? ''
  const userCode = form.get('user_code') ?? ''
  const user = org.userBy(username, form.get('password') ?? '')
  if (user === undefined) {
    ctx.status = 401
    const problem = 'Unable to sign in. The username or the password is wrong.'
    deviceSignInPage(ctx, org, { userCode, username, problem })
    return
  }
  const visit = org.random.secret('visit')
  org.visits.set(visit, user.id)
  ctx.cookies.set(COOKIE, visit, { path: '/activate', httpOnly: true, sameSite: 'lax', signed: false })
  ctx.status = 303
  ctx.redirect(`/activate${userCode === '' ? '' : `?${new URLSearchParams({ user_code: userCode })}`}`)
}

/** `POST /activate`: the code; shows what asks for what. */
export function enterCode(exchange: Exchange): void {
  const { ctx, org } = exchange
  const found = waitingDevice(exchange)
  if (found === undefined) return
  confirmPage(ctx, org, found)
}

/** `POST /activate/decision`: allows or denies. */
export async function decideActivation(exchange: Exchange): Promise<void> {
  const { ctx, org, form } = exchange
  const found = waitingDevice(exchange)
  if (found === undefined) return
  const { grant, app, user } = found
  const isAssigned = app.assignedUsers?.includes(user.login) === true
  if (form.get('decision') !== 'allow' || !isAssigned) {
    grant.decision = { denied: true }
    if (!isAssigned) ctx.status = 403
    donePage(ctx, org, isAssigned ? 'denied' : 'not-assigned')
    return
  }
  grant.decision = { code: await allow(exchange, grant, user) }
  donePage(ctx, org, 'activated')
}

interface Activation {
  readonly grant: DeviceGrant
  readonly app: AppRegistration
  readonly user: EmulatorUser
}

/** Who is there and which device waits for them; else the page that asks for what is missing. */
function waitingDevice(exchange: Exchange): Activation | undefined {
  const { ctx, org, form } = exchange
  const userCode = form.get('user_code') ?? ''
  const user = visitor(exchange)
  if (user === undefined) {
    deviceSignInPage(ctx, org, { userCode, username: '' })
    return undefined
  }
  const grant = org.devices.waiting(userCode)
  const app = org.apps.get(grant?.clientId ?? '')
  if (grant === undefined || app === undefined) {
    ctx.status = 400
    codePage(ctx, org, { user, userCode, problem: WRONG_CODE })
    return undefined
  }
  return { grant, app, user }
}

function visitor({ ctx, org }: Exchange): EmulatorUser | undefined {
  const userId = org.visits.get(ctx.cookies.get(COOKIE, { signed: false }) ?? '')
  return org.users.find(user => user.id === userId)
}

/** Makes the code that oidc-provider gives tokens for. */
async function allow({ org }: Exchange, device: DeviceGrant, user: EmulatorUser): Promise<string> {
  const { provider } = device.backend
  const client = await provider.Client.find(device.clientId)
  if (client === undefined) throw new Error('an app that was found is a client')
  const grant = new provider.Grant({ accountId: user.id, clientId: device.clientId })
  grant.addOIDCScope(device.scope)
  const code = new provider.DeviceCode({
    client,
    accountId: user.id,
    grantId: await grant.save(),
    scope: device.scope,
    authTime: org.clock.seconds() - org.clock.secondsAhead(),
    amr: ['pwd'],
    expiresWithSession: false,
    params: { client_id: device.clientId, scope: device.scope },
    userCode: device.userCode,
    deviceInfo: {},
    ...(device.nonce !== undefined && { nonce: device.nonce }),
  })
  return code.save()
}
