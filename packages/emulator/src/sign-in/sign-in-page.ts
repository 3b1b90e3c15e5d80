import type { Context } from 'koa'
import { alert, escapeHtml, orgLine, page } from '../html/page.js'
import type { AppRegistration } from '../org/app.js'
import type { EmulatorUser } from '../org/directory.js'
import type { Org } from '../org/org.js'

/** What the sign-in page shows besides the org. */
export interface SignInView {
  readonly app: AppRegistration
  /** Where the app wants its answer: the form's answer leads there in the end. */
  readonly redirectUri: string
  /** The path of the page itself. */
  readonly path: string
  /** The user name to begin with: the `login_hint`, or what was typed before. */
  readonly username: string
  /** What went wrong the last time, in words. */
  readonly problem?: string
}

/** Shows the form that asks for user name and password. */
export function signInPage(ctx: Context, org: Org, view: SignInView): void {
  const { app, path, username, problem } = view
  page(
    ctx,
    `${problem === undefined ? '' : 'Error: '}Sign in`,
    `${orgLine(org.url.host)}
<h1>Sign in</h1>
<p class="quiet">to go on to the ${APP_NAMES[app.kind]} <code>${escapeHtml(app.clientId)}</code></p>
${alert(problem)}
<form method="post" action="${escapeHtml(path)}">
${passwordFields(username, problem !== undefined)}
<button type="submit">Sign in</button>
</form>
<a class="cancel" href="${escapeHtml(path)}/cancel">Cancel</a>
${whoCanSignIn(org.users, app)}`,
    [formTarget(view.redirectUri)],
  )
}

/** The two fields, named for people and for password managers; the first empty one has the focus. */
export function passwordFields(username: string, isWrong: boolean): string {
  const wrong = isWrong ? ' aria-invalid="true" aria-describedby="problem"' : ''
  const focus = (isFirst: boolean) => (isFirst ? ' autofocus' : '')
  return `<label for="username">Username</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escapeHtml(username)}"${wrong}${focus(username === '')}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${wrong}${focus(username !== '')}>`
}

/** The people and their passwords, folded away: an emulator's users are nobody. */
export function whoCanSignIn(users: readonly EmulatorUser[], app?: AppRegistration): string {
  const line = ({ login, password }: EmulatorUser) =>
    `<dt>${escapeHtml(login)}</dt><dd><code>${escapeHtml(password)}</code>${noteOn(app, login)}</dd>`
  return `<details>
<summary>Who can sign in here?</summary>
<dl>
${users.map(line).join('\n')}
</dl>
</details>`
}

const APP_NAMES = { spa: 'single-page app', native: 'native app', web: 'web app', service: 'service' }

function noteOn(app: AppRegistration | undefined, login: string): string {
  return app === undefined || app.assignedUsers?.includes(login) ? '' : ' not assigned to this app'
}

/** A Content Security Policy source for a redirect URI: its origin, or its scheme when that is the app's own. */
function formTarget(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri)
  return /^https?:$/.test(protocol) ? origin : protocol
}
