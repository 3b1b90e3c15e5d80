import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { repositoryPages } from './repository.mjs'

const docs = fileURLToPath(new URL('..', import.meta.url))

/** What a reader needs first comes first. A page that is not there is left out. */
const groups = [
  {
    text: 'Begin',
    pages: [
      ['Start', 'start'],
      ['Set up the Okta app', 'okta-app'],
    ],
  },
  {
    text: 'Use',
    pages: [
      ['PowerShell', 'powershell'],
      ['Command line', 'cli'],
      ['Library', 'library'],
      ['Broker', 'broker'],
      ['Emulator', 'emulator'],
      ['Profiles', 'profiles'],
    ],
  },
  {
    text: 'Understand',
    pages: [
      ['Troubleshooting', 'troubleshooting'],
      ['Security', 'threat-model'],
      ['Report a vulnerability', 'project/security'],
      ['Architecture', 'architecture'],
      ['Bench', 'bench'],
    ],
  },
]

/** The sidebar. Reference pages are made by programs, so all that are there are shown. */
export function sidebar() {
  const reference = readdirSync(join(docs, 'reference'))
    .filter(name => name.endsWith('.md'))
    .map(name => ({ text: titleOf(join(docs, 'reference', name)), link: `/reference/${basename(name, '.md')}` }))
  return [
    ...groups.map(({ text, pages }) => ({ text, items: pages.filter(isThere).map(itemOf) })),
    { text: 'Reference', items: [itemOf(['Errors', 'errors']), ...reference] },
  ]
}

/** Whether there is a page of this name. */
export const hasPage = name =>
  existsSync(join(docs, `${name}.md`)) || repositoryPages().some(({ params }) => name === `project/${params.page}`)

const isThere = ([, name]) => hasPage(name)
const itemOf = ([text, name]) => ({ text, link: `/${name}` })
const titleOf = path => /^# (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? basename(path, '.md')
