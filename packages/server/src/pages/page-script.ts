/**
 * The script of the pages. It removes the code and the state of a failed sign-in from the address bar and the history, and makes
 * the Copy buttons work. Without it, a click selects the whole line.
 */
export const pageScript = `if (location.pathname === '/login/callback') history.replaceState(null, '', '/')
for (const line of document.querySelectorAll('.line')) {
  const [text, button] = [line.querySelector('pre'), line.querySelector('button')]
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text.textContent)
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  })
}
`
