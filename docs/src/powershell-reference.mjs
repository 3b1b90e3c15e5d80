import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Every cmdlet, in the words of its help.
 *
 * @param folder with a page of Markdown for each, of which Get-Help's are made too
 */
export async function powershellReference(folder) {
  const names = (await readdir(folder)).filter(name => name.endsWith('.md')).sort()
  const pages = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return `# Cmdlets

What \`Get-Help\` says of each.

${pages.map(below).join('\n')}`
}

// A heading lower, without the links, which are for the console. Text may hold what a browser takes for markup.
function below(page) {
  const [text = ''] = page.split(/^## Links$/m)
  const parts = text.trim().split(/^(```[\s\S]*?^```)$/m)
  const lowered = parts.map((part, index) => {
    return index % 2 === 1 ? part : part.replaceAll(/^#/gm, '##').replaceAll('<', '&lt;')
  })
  return `${lowered.join('')}\n`
}
