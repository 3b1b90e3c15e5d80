import type { Context } from 'koa'
import { alert, escapeHtml, orgLine, page } from '../html/page.js'
import type { AppRegistration } from '../org/app.js'
import type { DeviceGrant } from '../org/device-grants.js'
import type { EmulatorUser } from '../org/directory.js'
import type { Org } from '../org/org.js'
import { passwordFields, whoCanSignIn } from './sign-in-page.js'

interface Problem {
  /** What went wrong the last time, in words. */
  readonly problem?: string
}

/** Asks who is there before a device can be activated. */
export function deviceSignInPage(
  ctx: Context,
  org: Org,
  { userCode, username, problem }: Problem & { userCode: string; username: string },
): void {
  page(
    ctx,
    `${problem === undefined ? '' : 'Error: '}Sign in to activate your device`,
    `${orgLine(org.url.host)}
<h1>Sign in</h1>
<p class="quiet">to activate your device</p>
${alert(problem)}
<form method="post" action="/activate/sign-in">
<input type="hidden" name="user_code" value="${escapeHtml(userCode)}">
${passwordFields(username, problem !== undefined)}
<button type="submit">Sign in</button>
</form>
${whoCanSignIn(org.users)}`,
  )
}

/** Asks for the code that the device shows. */
export function codePage(
  ctx: Context,
  org: Org,
  { user, userCode, problem }: Problem & { user: EmulatorUser; userCode: string },
): void {
  const wrong = problem === undefined ? '' : ' aria-invalid="true" aria-describedby="problem"'
  page(
    ctx,
    `${problem === undefined ? '' : 'Error: '}Activate your device`,
    `${orgLine(org.url.host)}
<h1>Activate your device</h1>
<p class="quiet">You are signed in as <code>${escapeHtml(user.login)}</code>.</p>
${alert(problem)}
<form method="post" action="/activate">
<label for="user_code">Code shown on your device</label>
<input id="user_code" name="user_code" class="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required value="${escapeHtml(userCode)}"${wrong} autofocus>
<button type="submit">Next</button>
</form>`,
  )
}

/** Shows what asks for what, and lets the person decide. */
export function confirmPage(
  ctx: Context,
  org: Org,
  { grant, app }: { grant: DeviceGrant; app: AppRegistration },
): void {
  const scopes = grant.scope.split(' ').map(scope => `<li><code>${escapeHtml(scope)}</code></li>`)
  page(
    ctx,
    'Allow this device?',
    `${orgLine(org.url.host)}
<h1>Allow this device?</h1>
<p>The app <code>${escapeHtml(app.clientId)}</code>, on a device that shows <code>${grant.userCode}</code>, asks for</p>
<ul>${scopes.join('')}</ul>
<form method="post" action="/activate/decision">
<input type="hidden" name="user_code" value="${grant.userCode}">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" class="second">Deny</button>
</form>`,
  )
}

const ENDINGS = {
  activated: { title: 'Device activated', text: 'Follow the instructions on your device for next steps.' },
  denied: { title: 'Device not activated', text: 'Access was denied. You may close this page.' },
  'not-assigned': {
    title: 'Device not activated',
    text: 'User is not assigned to the client application.',
  },
}

/** Tells how it ended. */
export function donePage(ctx: Context, org: Org, ending: keyof typeof ENDINGS): void {
  const { title, text } = ENDINGS[ending]
  page(ctx, title, `${orgLine(org.url.host)}\n<h1>${title}</h1>\n<p role="status">${text}</p>`)
}
