import { createHash } from 'node:crypto'

/** The page that the browser shows after a callback. */
export interface CallbackPage {
  readonly outcome: 'success' | 'failure' | 'notice'
  readonly title: string
  readonly text: string
}

const style = `
:root { color-scheme: light dark; --background: #f4f5f7; --card: #fff; --ink: #1d2129; --soft: #555c6b; --line: #d9dce3 }
@media (prefers-color-scheme: dark) {
  :root { --background: #14161a; --card: #1e2128; --ink: #eceef2; --soft: #a9b0bf; --line: #343945 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--background);
  color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
main { width: 100%; max-width: 30rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; overflow-wrap: anywhere }
svg { display: block; width: 3rem; height: 3rem; margin-bottom: 1rem; fill: none; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round }
.success { stroke: #1a7f4b } .failure { stroke: #c62f3e } .notice { stroke: #2f6fdb }
@media (prefers-color-scheme: dark) { .success { stroke: #4cc38a } .failure { stroke: #ff7b86 } .notice { stroke: #7fb0ff } }
h1 { margin: 0 0 .5rem; font-size: 1.35rem; line-height: 1.3 }
p { margin: 0; color: var(--soft); white-space: pre-line }
`
const marks = {
  success: '<circle cx="12" cy="12" r="10"/><path d="m7.5 12.5 3 3 6-6.5"/>',
  failure: '<circle cx="12" cy="12" r="10"/><path d="m8.5 8.5 7 7m0-7-7 7"/>',
  notice: '<circle cx="12" cy="12" r="10"/><path d="M12 11v5.5M12 7.5v.01"/>',
}
const styleHash = createHash('sha256').update(style).digest('base64')

/** Headers of every response of the listener: no cache, no referrer, no script. */
export const callbackHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  connection: 'close',
}

/** Renders a page as HTML. Its texts may contain anything, such as parts of the URL. */
export function renderCallbackPage({ outcome, title, text }: CallbackPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<svg class="${outcome}" viewBox="0 0 24 24" aria-hidden="true">${marks[outcome]}</svg>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
</main>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
