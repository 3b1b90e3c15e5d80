import { createHash } from 'node:crypto'

/** The page that the browser shows after a callback. */
export interface CallbackPage {
  readonly outcome: 'success' | 'failure' | 'notice'
  readonly title: string
  /** The name of the account that signed in. */
  readonly account?: string | undefined
  /** Each line is a paragraph. */
  readonly text: string
}

const style = `
:root { color-scheme: light dark; --background: #f4f5f7; --card: #fff; --text: #1d2129; --muted: #555c6b; --line: #d9dce3 }
@media (prefers-color-scheme: dark) {
  :root { --background: #14161a; --card: #1e2128; --text: #eceef2; --muted: #a9b0bf; --line: #343945 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; padding: 1.5rem 1.25rem; background: var(--background); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; display: grid; align-content: center; justify-content: center;
  grid-template-columns: minmax(0, 30rem); gap: 1rem }
header { padding-left: .25rem; font-weight: 600 }
main { padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow-wrap: anywhere }
@media (max-width: 30rem) { main { padding: 1.5rem 1.25rem } }
svg { display: block; width: 3rem; height: 3rem; margin-bottom: 1rem; fill: none; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round }
.success { stroke: #1a7f4b } .failure { stroke: #c62f3e } .notice { stroke: #2f6fdb }
@media (prefers-color-scheme: dark) { .success { stroke: #4cc38a } .failure { stroke: #ff7b86 } .notice { stroke: #7fb0ff } }
h1 { margin: 0; font-size: 1.35rem; line-height: 1.3 }
p { margin: .75rem 0 0; color: var(--muted) }
strong { color: var(--text) }
`
// The code and the state do not stay in the address bar and in the history.
const script = "history.replaceState(null, '', location.pathname)"
const marks = {
  success: '<circle cx="12" cy="12" r="10"/><path d="m7.5 12.5 3 3 6-6.5"/>',
  failure: '<circle cx="12" cy="12" r="10"/><path d="m8.5 8.5 7 7m0-7-7 7"/>',
  notice: '<circle cx="12" cy="12" r="10"/><path d="M12 11v5.5M12 7.5v.01"/>',
}
const [styleHash, scriptHash] = [style, script].map(text => createHash('sha256').update(text).digest('base64'))

/** Headers of every response of the listener: no cache, no referrer, and only the page's own style and script. */
export const callbackHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  connection: 'close',
}

/** Renders a page as HTML. Its texts may contain anything, such as parts of the URL. */
export function renderCallbackPage({ outcome, title, account, text }: CallbackPage): string {
  const signedIn = account === undefined ? '' : `<p>You are signed in as <strong>${escapeHtml(account)}</strong>.</p>\n`
  const paragraphs = text.split('\n').map(line => `<p>${escapeHtml(line)}</p>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Connect-Okta</title>
<style>${style}</style>
<script>${script}</script>
</head>
<body>
<header>Connect-Okta</header>
<main>
<svg class="${outcome}" viewBox="0 0 24 24" aria-hidden="true">${marks[outcome]}</svg>
<h1>${escapeHtml(title)}</h1>
${signedIn}${paragraphs.join('\n')}
</main>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
