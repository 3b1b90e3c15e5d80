import { createHash } from 'node:crypto'
import type { Context } from 'koa'

const STYLE = `
:root {
  color-scheme: light dark;
  --background: #f3f4f1; --card: #ffffff; --text: #1c211d; --muted: #565e58; --border: #858d87;
  --accent: #0f6b4f; --accent-text: #ffffff; --error: #a3261b; --error-background: #fdeeec; --code: #eceeea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #131614; --card: #1d211e; --text: #e9ece9; --muted: #a7b0a9; --border: #747d76;
    --accent: #6fd0ab; --accent-text: #06231a; --error: #ffb1a8; --error-background: #3a1f1c; --code: #2a2f2b;
  }
}
* { box-sizing: border-box }
body {
  margin: 0; min-height: 100vh; padding: 24px 16px; display: grid; place-items: center;
  background: var(--background); color: var(--text); font: 16px/1.5 system-ui, sans-serif;
}
main { width: 100%; max-width: 26rem; padding: 32px; background: var(--card); border-radius: 12px }
@media (max-width: 26rem) { main { padding: 24px 20px } }
.org { margin: 0 0 24px; color: var(--muted); font-size: 14px; overflow-wrap: anywhere }
.org strong { color: var(--text) }
h1 { margin: 0 0 4px; font-size: 26px; line-height: 1.2; letter-spacing: -0.01em }
p { margin: 0 0 16px } .muted { color: var(--muted) }
code { padding: 1px 5px; border-radius: 4px; background: var(--code); font: 14px ui-monospace, monospace; overflow-wrap: anywhere }
label { display: block; margin: 20px 0 6px; font-weight: 600 }
input {
  width: 100%; padding: 11px 12px; border: 1px solid var(--border); border-radius: 8px;
  background: var(--card); color: inherit; font: inherit;
}
input[aria-invalid=true] { border-color: var(--error) }
:is(input, select, textarea, button, a, summary):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
button {
  width: 100%; margin: 28px 0 16px; padding: 12px; border: 0; border-radius: 8px; cursor: pointer;
  background: var(--accent); color: var(--accent-text); font: inherit; font-weight: 600;
}
button.secondary { margin-top: 0; background: transparent; color: inherit; border: 1px solid var(--border) }
input.code { font: 22px ui-monospace, monospace; letter-spacing: 0.15em; text-transform: uppercase }
ul { margin: 0 0 16px; padding-left: 20px }
main:has(.panel) { max-width: 72rem; align-self: start }
.panel h2 { margin: 0 0 8px; font-size: 18px } .panel section { margin-top: 28px; padding-top: 20px; border-top: 1px solid var(--code) }
.panel label { margin-top: 0; font-size: 14px } .panel button { width: auto; margin: 0; padding: 8px 14px; white-space: nowrap }
.panel .row, .panel .row form { display: flex; flex-wrap: wrap; gap: 12px 16px; align-items: end } .panel .row { margin: 0 0 16px } .panel .row div { min-width: 0 }
.panel td form { display: inline-flex; flex-wrap: wrap; gap: 8px; margin: 2px 8px 2px 0 } .panel td:has(input) form { display: flex; flex-wrap: nowrap }
.panel :is(input, select, button) { height: 40px; font-size: 14px } .panel td input { flex: 1 } .panel td:has(input) { width: 45% }
.panel :is(input, select) { width: auto; min-width: 0; max-width: 100%; padding: 8px 10px }
select { border: 1px solid var(--border); border-radius: 8px; background: var(--card); color: inherit; font: inherit }
table { width: 100%; border-collapse: collapse; font-size: 14px } th { text-align: left; font-weight: 600; color: var(--muted) }
:is(th, td) { padding: 6px 12px 6px 0; vertical-align: top; overflow-wrap: anywhere; border-bottom: 1px solid var(--code) }
.panel :is(th, td.app code) { white-space: nowrap }
.panel td:has(textarea) form { display: grid; justify-items: start; width: 100% } .panel td:has(textarea) { width: 45% }
@media (max-width: 56rem) {
  .panel :is(table, tbody, tr, td) { display: block } .panel thead { display: none }
  .panel td { border: 0; padding: 2px 0 } .panel td:has(input, textarea) { width: auto } .panel td.app code { white-space: normal } .panel tr { padding: 8px 0; border-bottom: 1px solid var(--code) }
}
textarea {
  width: 100%; min-width: 0; padding: 8px 10px; border: 1px solid var(--border); border-radius: 8px; resize: vertical;
  background: var(--card); color: inherit; font: 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap;
}
main:has(.bare) { max-width: none; padding: 12px; border-radius: 0 } body:has(.bare) { padding: 0; display: block; background: var(--card) }
.live { width: 100%; height: 32rem; border: 1px solid var(--code); border-radius: 8px }
.parameter { font: 13px ui-monospace, monospace; color: var(--muted) } .requests time { white-space: nowrap }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
a { color: var(--accent) } .cancel { display: block; padding: 6px; text-align: center }
.alert { margin: 20px 0 0; padding: 12px 14px; border-radius: 8px; background: var(--error-background); color: var(--error) }
details { margin-top: 24px; padding-top: 16px; border-top: 1px solid var(--code); font-size: 14px; color: var(--muted) }
summary { cursor: pointer } dl { margin: 12px 0 0 } dt { overflow-wrap: anywhere; color: var(--text) } dd { margin: 0 0 10px }
`

/** The page that describes the emulator. */
export const DOCUMENTATION = 'https://connect-okta.github.io/connect-okta/emulator'

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/**
 * Sends an HTML page without scripts or external resources.
 *
 * @param formTargets sources that a form submission can redirect to, since browsers apply `form-action` to redirects
 */
export function page(ctx: Context, title: string, main: string, formTargets: readonly string[] = []): void {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  ctx.set('Content-Security-Policy', policy.join('; '))
  ctx.set('Referrer-Policy', 'no-referrer')
  ctx.set('X-Content-Type-Options', 'nosniff')
  ctx.type = 'html'
  ctx.body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Okta emulator</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`
}

/** Sends an HTML page with one inline script. */
export function scriptedPage(
  ctx: Context,
  { title, main, script, policy }: { title: string; main: string; script: string; policy: string },
): void {
  const hash = createHash('sha256').update(script).digest('base64')
  ctx.set('Content-Security-Policy', `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'; ${policy}`)
  ctx.set('Referrer-Policy', 'no-referrer')
  ctx.status = 200
  ctx.type = 'html'
  ctx.body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)} · Okta emulator</title></head>
<body>
${main}
<script>${script}</script>
</body>
</html>
`
}

/** The header with the host of the org. */
export function orgHeader(host: string): string {
  return `<p class="org"><strong>Okta emulator</strong> at ${escapeHtml(host)}</p>`
}

/** An error message that screen readers announce; empty without a problem. */
export function alert(problem: string | undefined): string {
  return problem === undefined ? '' : `<p class="alert" id="problem" role="alert">${escapeHtml(problem)}</p>`
}

/** Escapes text for HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
