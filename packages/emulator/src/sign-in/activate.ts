import type { Exchange } from '../http/exchange.js'
import type { AppRegistration } from '../org/apps/app.js'
import type { DeviceGrant } from '../org/tokens/device-grants.js'
import type { User } from '../org/users/user.js'
import { authenticate } from './authenticate.js'
import { codePage, confirmPage, deviceSignInPage, donePage } from './device-pages.js'

const COOKIE = 'activate'
const INVALID_CODE = 'Invalid code. Check the code on your device and try again. Codes expire after ten minutes.'

/** `GET /activate`: the sign-in page, or the code page for a user who is signed in. */
export function showActivate(exchange: Exchange): void {
  const { ctx, org, form } = exchange
  const userCode = form.get('user_code') ?? ''
  const user = signedInUser(exchange)
  if (user === undefined) deviceSignInPage(exchange, { userCode, username: '' })
  else codePage(ctx, org, { user, userCode })
}

/** `POST /activate/sign-in`: signs the user in. */
export function signInToActivate(exchange: Exchange): void {
  const { ctx, org, form } = exchange
  const username = form.get('username') ?? ''
  const userCode = form.get('user_code') ?? ''
  const user = authenticate(exchange)
  if (user === undefined) {
    ctx.status = 401
    const problem = 'Unable to sign in. The username or the password is incorrect.'
    deviceSignInPage(exchange, { userCode, username, problem })
    return
  }
  const session = org.random.secret('device session')
  org.deviceSessions.set(session, user.id)
  ctx.cookies.set(COOKIE, session, { path: '/activate', httpOnly: true, sameSite: 'lax', signed: false })
  ctx.status = 303
  ctx.redirect(`/activate${userCode === '' ? '' : `?${new URLSearchParams({ user_code: userCode })}`}`)
}

/** `POST /activate`: checks the code, and shows the app and the requested scopes. */
export function enterCode(exchange: Exchange): void {
  const { ctx, org } = exchange
  const found = pendingActivation(exchange)
  if (found === undefined) return
  confirmPage(ctx, org, found)
}

/** `POST /activate/decision`: allows or denies the request. */
export async function decideActivation(exchange: Exchange): Promise<void> {
  const { ctx, org, form } = exchange
  const found = pendingActivation(exchange)
  if (found === undefined) return
  const { grant, app, user } = found
  const isAssigned = org.isAssigned(app, user)
  if (form.get('decision') !== 'allow' || !isAssigned) {
    grant.decision = { denied: true }
    if (!isAssigned) ctx.status = 403
    donePage(ctx, org, user, isAssigned ? 'denied' : 'not-assigned')
    return
  }
  grant.decision = { code: await allow(exchange, grant, user) }
  donePage(ctx, org, user, 'activated')
}

interface Activation {
  readonly grant: DeviceGrant
  readonly app: AppRegistration
  readonly user: User
}

/** The signed-in user and the pending request. Shows the sign-in page or the code page when one is missing. */
function pendingActivation(exchange: Exchange): Activation | undefined {
  const { ctx, org, form } = exchange
  const userCode = form.get('user_code') ?? ''
  const user = signedInUser(exchange)
  if (user === undefined) {
    deviceSignInPage(exchange, { userCode, username: '' })
    return undefined
  }
  const grant = org.devices.findPending(userCode)
  const app = org.apps.get(grant?.clientId ?? '')
  if (grant === undefined || app === undefined) {
    ctx.status = 400
    codePage(ctx, org, { user, userCode, problem: INVALID_CODE })
    return undefined
  }
  return { grant, app, user }
}

function signedInUser({ ctx, org }: Exchange): User | undefined {
  const userId = org.deviceSessions.get(ctx.cookies.get(COOKIE, { signed: false }) ?? '')
  return org.activeUser(userId)
}

/** Creates an allowed device code at oidc-provider. */
async function allow({ org }: Exchange, device: DeviceGrant, user: User): Promise<string> {
  const { provider } = device.backend
  const client = await provider.Client.find(device.clientId)
  if (client === undefined) throw new Error('The app is not a client of oidc-provider.')
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
