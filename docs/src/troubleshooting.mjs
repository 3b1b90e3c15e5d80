import { readFile } from 'node:fs/promises'
import { errorCatalogue } from '@connect-okta/core'

const begin = '<!-- from the catalogue -->'
const end = '<!-- until here -->'

/**
 * The troubleshooting page with what the catalogue says of each code as it is now. What people wrote below it stays; a new code gets a
 * section, and one that is gone loses it.
 *
 * @param page the page as it is
 * @param errorsPage the path of errors.md, which has Okta's words
 */
export async function troubleshooting(page, errorsPage) {
  const errors = await readFile(errorsPage, 'utf8')
  const [introduction = '', ...sections] = page.split(/^(?=## `)/m)
  const written = new Map(sections.map(section => [/`(\w+)`/.exec(section)?.[1], notesOf(section)]))
  const made = Object.entries(errorCatalogue).map(([code, entry]) => {
    const notes = written.get(code)
    return `## \`${code}\`\n\n${begin}\n${facts(code, entry, errors)}\n${end}\n${notes ? `\n${notes}\n` : ''}`
  })
  return `${introduction.trim()}\n\n${made.join('\n')}`
}

const notesOf = section => section.slice(section.indexOf(end) + end.length).trim()

function facts(code, { meaning, exitCode, httpStatus }, errors) {
  const broker = httpStatus === null ? '' : `, the broker answers ${httpStatus}`
  const errorId = `Okta${code.replace(/(?:^|_)([a-z])/g, (_all, letter) => letter.toUpperCase())}`
  const rows = errors.split('\n').filter(line => line.includes(`| \`${code}\` | `) && line.split('|').length === 5)
  const said = rows.map(row => row.split('|').map(cell => cell.trim()))
  const table = said.map(([, words, , remedy]) => `| ${words} | ${remedy} |`)
  return [
    `${meaning} The command line exits with ${exitCode}${broker}, and the error id in PowerShell is \`${errorId}\`.`,
    ...(table.length > 0 ? ['', "| Okta's words, or its `error` | what to do |", '| --- | --- |', ...table] : []),
  ].join('\n')
}
