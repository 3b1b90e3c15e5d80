import { createHash } from 'node:crypto'
import type { Context } from 'koa'

const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f1; --card: #ffffff; --ink: #1c211d; --quiet: #565e58; --line: #858d87;
  --act: #0f6b4f; --act-ink: #ffffff; --wrong: #a3261b; --wrong-ground: #fdeeec; --code: #eceeea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131614; --card: #1d211e; --ink: #e9ece9; --quiet: #a7b0a9; --line: #747d76;
    --act: #6fd0ab; --act-ink: #06231a; --wrong: #ffb1a8; --wrong-ground: #3a1f1c; --code: #2a2f2b;
  }
}
* { box-sizing: border-box }
body {
  margin: 0; min-height: 100vh; padding: 24px 16px; display: grid; place-items: center;
  background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
}
main { width: 100%; max-width: 26rem; padding: 32px; background: var(--card); border-radius: 12px }
@media (max-width: 26rem) { main { padding: 24px 20px } }
.org { margin: 0 0 24px; color: var(--quiet); font-size: 14px; overflow-wrap: anywhere }
.org strong { color: var(--ink) }
h1 { margin: 0 0 4px; font-size: 26px; line-height: 1.2; letter-spacing: -0.01em }
p { margin: 0 0 16px } .quiet { color: var(--quiet) }
code { padding: 1px 5px; border-radius: 4px; background: var(--code); font: 14px ui-monospace, monospace; overflow-wrap: anywhere }
label { display: block; margin: 20px 0 6px; font-weight: 600 }
input {
  width: 100%; padding: 11px 12px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); color: inherit; font: inherit;
}
input[aria-invalid=true] { border-color: var(--wrong) }
:is(input, select, button, a, summary):focus-visible { outline: 3px solid var(--act); outline-offset: 2px }
button {
  width: 100%; margin: 28px 0 16px; padding: 12px; border: 0; border-radius: 8px; cursor: pointer;
  background: var(--act); color: var(--act-ink); font: inherit; font-weight: 600;
}
button.second { margin-top: 0; background: transparent; color: inherit; border: 1px solid var(--line) }
input.code { font: 22px ui-monospace, monospace; letter-spacing: 0.15em; text-transform: uppercase }
ul { margin: 0 0 16px; padding-left: 20px }
main:has(.board) { max-width: 72rem; align-self: start }
.board h2 { margin: 0 0 8px; font-size: 18px } .board section { margin-top: 28px; padding-top: 20px; border-top: 1px solid var(--code) }
.board label { margin-top: 0; font-size: 14px } .board button { width: auto; margin: 0; padding: 8px 14px; white-space: nowrap }
.board .row, .board .row form { display: flex; flex-wrap: wrap; gap: 12px 16px; align-items: end } .board .row { margin: 0 0 16px }
.board td form { display: inline-flex; flex-wrap: wrap; gap: 8px; margin: 2px 8px 2px 0 } .board td:has(input) form { display: flex; flex-wrap: nowrap }
.board :is(input, select, button) { height: 40px; font-size: 14px } .board td input { flex: 1 } .board td:has(input) { width: 45% }
.board :is(input, select) { width: auto; min-width: 0; max-width: 100%; padding: 8px 10px }
select { border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; font: inherit }
table { width: 100%; border-collapse: collapse; font-size: 14px } th { text-align: left; font-weight: 600; color: var(--quiet) }
:is(th, td) { padding: 6px 12px 6px 0; vertical-align: top; overflow-wrap: anywhere; border-bottom: 1px solid var(--code) }
.board :is(th, td.app code) { white-space: nowrap }
@media (max-width: 56rem) {
  .board :is(table, tbody, tr, td) { display: block } .board thead { display: none }
  .board td { border: 0; padding: 2px 0 } .board td:has(input) { width: auto } .board tr { padding: 8px 0; border-bottom: 1px solid var(--code) }
}
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
a { color: var(--act) } .cancel { display: block; padding: 6px; text-align: center }
.alert { margin: 20px 0 0; padding: 12px 14px; border-radius: 8px; background: var(--wrong-ground); color: var(--wrong) }
details { margin-top: 24px; padding-top: 16px; border-top: 1px solid var(--code); font-size: 14px; color: var(--quiet) }
summary { cursor: pointer } dl { margin: 12px 0 0 } dt { overflow-wrap: anywhere; color: var(--ink) } dd { margin: 0 0 10px }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/**
 * Answers with a page of the emulator: one style, no scripts, nothing from elsewhere.
 *
 * @param formTargets sources that a form's answer may redirect to; browsers apply `form-action` to redirects too
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
<title>${escapeHtml(title)}</title>
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

/** Which org a page belongs to. */
export function orgLine(host: string): string {
  return `<p class="org"><strong>Okta emulator</strong> at ${escapeHtml(host)}</p>`
}

/** What went wrong, where it is read out; nothing when nothing did. */
export function alert(problem: string | undefined): string {
  return problem === undefined ? '' : `<p class="alert" id="problem" role="alert">${escapeHtml(problem)}</p>`
}

/** Text made safe to stand in HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
