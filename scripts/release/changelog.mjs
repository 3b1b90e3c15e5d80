import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the version and the text of the newest entry in the changelog of a package. */
export function newestEntry(folder) {
  const [, entry = ''] = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8').split(/^## /m)
  const end = entry.indexOf('\n')
  return { version: entry.slice(0, end), text: entry.slice(end).trim() }
}
