import { readFile } from 'node:fs/promises'
import { errorCatalog } from '@connect-okta/core'

const begin = '<!-- generated from the error catalog -->'
const end = '<!-- end of the generated part -->'

/**
 * Returns the troubleshooting page with the current catalog entry of each code. Keeps the notes below an entry, adds a section for a
 * new code, and removes the section of a code that no longer exists.
 *
 * @param page the current text of the page
 * @param errorsPage the path of errors.md, which lists Okta's messages
 */
export async function troubleshooting(page, errorsPage) {
  const errors = await readFile(errorsPage, 'utf8')
  const [introduction = '', ...sections] = page.split(/^(?=## `)/m)
  const written = new Map(sections.map(section => [/`(\w+)`/.exec(section)?.[1], notesOf(section)]))
  const made = Object.entries(errorCatalog).map(([code, entry]) => {
    const notes = written.get(code)
    return `## \`${code}\`\n\n${begin}\n${entryOf(code, entry, errors)}\n${end}\n${notes ? `\n${notes}\n` : ''}`
  })
  return `${introduction.trim()}\n\n${made.join('\n')}`
}

const notesOf = section => section.slice(section.indexOf(end) + end.length).trim()

function entryOf(code, { meaning, exitCode, httpStatus }, errors) {
  const broker = httpStatus === null ? '' : `. Broker status: ${httpStatus}`
  const errorId = `Okta${code.replace(/(?:^|_)([a-z])/g, (_all, letter) => letter.toUpperCase())}`
  const rows = errors.split('\n').filter(line => line.includes(`| \`${code}\` | `) && line.split('|').length === 5)
  const cells = rows.map(row => row.split('|').map(cell => cell.trim()))
  const table = cells.map(([, message, , remedy]) => `| ${message} | ${remedy} |`)
  return [
    meaning,
    '',
    `CLI exit code: ${exitCode}${broker}. PowerShell error ID: \`${errorId}\`.`,
    ...(table.length > 0 ? ['', "| Okta's message or `error` | what to do |", '| --- | --- |', ...table] : []),
  ].join('\n')
}
