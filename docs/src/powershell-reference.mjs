import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Returns a page with the help of every cmdlet.
 *
 * @param folder the folder with a Markdown page for each cmdlet, which Get-Help uses too
 */
export async function powershellReference(folder) {
  const names = (await readdir(folder)).filter(name => name.endsWith('.md')).sort()
  const pages = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return `# PowerShell cmdlets

This page shows the help of each cmdlet. For an introduction, see [PowerShell](../powershell.md).

${pages.map(below).join('\n')}`
}

// Lowers the headings by one level, removes the links for the console, and escapes markup in text.
function below(page) {
  const [text = ''] = page.split(/^## Links$/m)
  const parts = text.trim().split(/^(```[\s\S]*?^```)$/m)
  const lowered = parts.map((part, index) => {
    return index % 2 === 1 ? part : part.replaceAll(/^#/gm, '##').replaceAll('<', '&lt;')
  })
  return `${lowered.join('')}\n`
}
