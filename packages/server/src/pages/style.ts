/** The style of all pages. */
export const style = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #1d2129; --soft: #555c6b; --line: #d9dce3;
  --code: #f0f1f5; --accent: #1d4fc4; --on-accent: #fff; --good: #1a7f4b; --bad: #b3273a; --wait: #8a5a00 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14161a; --card: #1e2128; --ink: #eceef2; --soft: #a9b0bf; --line: #343945; --code: #14161a;
    --accent: #8ab0ff; --on-accent: #10131a; --good: #4cc38a; --bad: #ff8a94; --wait: #f0b85a }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
header, main { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem }
header { padding-top: 2rem }
header a { color: inherit; text-decoration: none; font-weight: 600; letter-spacing: .01em }
main { padding-bottom: 3rem }
h1 { margin: 1.25rem 0 .4rem; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere }
p { margin: .5rem 0 }
.soft { color: var(--soft) }
.card { margin-top: 1.1rem; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
.card > .head { display: flex; flex-wrap: wrap; gap: .35rem .9rem; align-items: center; justify-content: space-between }
.state { display: inline-flex; align-items: center; gap: .45rem; font-size: .9rem; font-weight: 600 }
.state::before { content: ''; width: .6rem; height: .6rem; border-radius: 50%; background: currentColor }
.good { color: var(--good) } .bad { color: var(--bad) } .wait { color: var(--wait) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .9rem 0 0; font-size: .95rem }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
form, .actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 0 }
button, .button { display: inline-block; padding: .5rem 1rem; border: 1px solid var(--accent); border-radius: 8px;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
button.plain, .button.plain { background: none; color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
details { margin-top: 1rem }
summary { cursor: pointer; color: var(--accent); font-weight: 600 }
.line { display: grid; grid-template-columns: 1fr auto; gap: .2rem .6rem; align-items: start; margin-top: 1rem }
.line p { grid-column: 1 / -1; margin: 0; font-size: .9rem }
.line button { padding: .35rem .7rem; font-size: .85rem }
pre { min-width: 0; margin: 0; padding: .6rem .8rem; border-radius: 8px; background: var(--code);
  border: 1px solid var(--line); font: .85rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
  user-select: all }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .4rem }
  .line { grid-template-columns: 1fr; gap: .4rem } .line button { justify-self: start } }
`
