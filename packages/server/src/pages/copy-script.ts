/** The script of the Copy buttons. Without it, a click selects the whole line. */
export const copyScript = `for (const line of document.querySelectorAll('.line')) {
  const [text, button] = [line.querySelector('pre'), line.querySelector('button')]
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text.textContent)
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  })
}
`
