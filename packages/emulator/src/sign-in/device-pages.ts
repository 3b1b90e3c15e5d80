import type { Context } from 'koa'
import { alert, escapeHtml, orgHeader, page } from '../html/page.js'
import type { Exchange } from '../http/exchange.js'
import type { AppRegistration } from '../org/apps/app.js'
import type { Org } from '../org/org.js'
import type { DeviceGrant } from '../org/tokens/device-grants.js'
import type { User } from '../org/users/user.js'
import { passwordFields, testUserList } from './sign-in-page.js'

interface Problem {
  /** The error message of the last attempt. */
  readonly problem?: string
}

/** Shows the sign-in page of the device flow. */
export function deviceSignInPage(
  exchange: Exchange,
  { userCode, username, problem }: Problem & { userCode: string; username: string },
): void {
  const { ctx, org } = exchange
  page(
    ctx,
    `${problem === undefined ? '' : 'Error: '}Sign in to activate your device`,
    `${orgHeader(org.url.host)}
<h1>Sign in</h1>
<p class="muted">to activate your device</p>
${alert(problem)}
<form method="post" action="/activate/sign-in">
<input type="hidden" name="user_code" value="${escapeHtml(userCode)}">
${passwordFields(username, problem !== undefined)}
<button type="submit">Sign in</button>
</form>
${testUserList(exchange)}`,
  )
}

/** Shows the form for the user code. */
export function codePage(
  ctx: Context,
  org: Org,
  { user, userCode, problem }: Problem & { user: User; userCode: string },
): void {
  const wrong = problem === undefined ? '' : ' aria-invalid="true" aria-describedby="problem"'
  page(
    ctx,
    `${problem === undefined ? '' : 'Error: '}Activate your device`,
    `${orgHeader(org.url.host)}
<h1>Activate your device</h1>
${signedInAs(user)}
${alert(problem)}
<form method="post" action="/activate">
<label for="user_code">Code shown on your device</label>
<input id="user_code" name="user_code" class="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required value="${escapeHtml(userCode)}"${wrong} autofocus>
<button type="submit">Next</button>
</form>`,
  )
}

/** Shows the app and the requested scopes, with buttons to allow or deny. */
export function confirmPage(
  ctx: Context,
  org: Org,
  { grant, app, user }: { grant: DeviceGrant; app: AppRegistration; user: User },
): void {
  const scopes = grant.scope.split(' ').map(scope => `<li><code>${escapeHtml(scope)}</code></li>`)
  page(
    ctx,
    'Allow this device?',
    `${orgHeader(org.url.host)}
<h1>Allow this device?</h1>
${signedInAs(user)}
<p>The app <code>${escapeHtml(app.clientId)}</code> requests these scopes:</p>
<ul>${scopes.join('')}</ul>
<p>Allow it only if your device shows the code <code>${grant.userCode}</code>.</p>
<form method="post" action="/activate/decision">
<input type="hidden" name="user_code" value="${grant.userCode}">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" class="secondary">Deny</button>
</form>`,
  )
}

const RESULTS = {
  activated: { title: 'Device activated', text: 'You can close this page and continue on your device.' },
  denied: { title: 'Device not activated', text: 'Access was denied. You can close this page.' },
  'not-assigned': {
    title: 'Device not activated',
    text: 'User is not assigned to the client application.',
  },
}

/** Shows the result. */
export function donePage(ctx: Context, org: Org, user: User, result: keyof typeof RESULTS): void {
  const { title, text } = RESULTS[result]
  page(
    ctx,
    title,
    `${orgHeader(org.url.host)}
<h1>${title}</h1>
${signedInAs(user)}
<p role="status">${text}</p>`,
  )
}

function signedInAs({ profile }: User): string {
  return `<p class="muted">You are signed in as <code>${escapeHtml(profile.login)}</code>.</p>`
}
