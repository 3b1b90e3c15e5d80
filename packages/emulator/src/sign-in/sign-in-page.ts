import { alert, escapeHtml, orgHeader, page } from '../html/page.js'
import type { Exchange } from '../http/exchange.js'
import { isLoopbackHost } from '../http/loopback-host.js'
import type { AppRegistration } from '../org/apps/app.js'
import type { EmulatorUser } from '../org/users/user.js'

/** The contents of the sign-in page. */
export interface SignInView {
  readonly app: AppRegistration
  /** The redirect URI of the app, which the form submission ends at. */
  readonly redirectUri: string
  /** The path of the page. */
  readonly path: string
  /** The initial username: the `login_hint`, or the username of the last attempt. */
  readonly username: string
  /** The error message of the last attempt. */
  readonly problem?: string
}

/** Shows the form for username and password. */
export function signInPage(exchange: Exchange, view: SignInView): void {
  const { ctx, org } = exchange
  const { app, path, username, problem } = view
  page(
    ctx,
    `${problem === undefined ? '' : 'Error: '}Sign in`,
    `${orgHeader(org.url.host)}
<h1>Sign in</h1>
<p class="muted">to continue to the ${APP_NAMES[app.kind]} <code>${escapeHtml(app.clientId)}</code></p>
${alert(problem)}
<form method="post" action="${escapeHtml(path)}">
${passwordFields(username, problem !== undefined)}
<button type="submit">Sign in</button>
</form>
<a class="cancel" href="${escapeHtml(path)}/cancel">Cancel</a>
${testUserList(exchange, app)}`,
    [formTarget(view.redirectUri)],
  )
}

/** The username and password fields. The first empty one has the focus. */
export function passwordFields(username: string, isWrong: boolean): string {
  const wrong = isWrong ? ' aria-invalid="true" aria-describedby="problem"' : ''
  const focus = (isFirst: boolean) => (isFirst ? ' autofocus' : '')
  return `<label for="username">Username</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escapeHtml(username)}"${wrong}${focus(username === '')}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${wrong}${focus(username !== '')}>`
}

/** A collapsed list of the test users and their passwords; empty at a host that is neither this machine nor that of the org URL. */
export function testUserList({ org, calledOrigin }: Exchange, app?: AppRegistration): string {
  const { host } = new URL(calledOrigin)
  if (!isLoopbackHost(host) && host !== org.url.host) return ''
  const line = ({ login, password }: EmulatorUser) =>
    `<dt>${escapeHtml(login)}</dt><dd><code>${escapeHtml(password)}</code>${assignmentNote(app, login)}</dd>`
  return `<details>
<summary>Test users</summary>
<dl>
${org.users.map(line).join('\n')}
</dl>
</details>`
}

const APP_NAMES = { spa: 'single-page app', native: 'native app', web: 'web app', service: 'service app' }

function assignmentNote(app: AppRegistration | undefined, login: string): string {
  return app === undefined || app.assignedUsers?.includes(login) ? '' : ' not assigned to this app'
}

/** The Content Security Policy source of a redirect URI: its origin, or its scheme when that is a custom one. */
function formTarget(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri)
  return /^https?:$/.test(protocol) ? origin : protocol
}
