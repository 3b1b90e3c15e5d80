import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { repositoryPages } from './repository.mjs'

const docs = fileURLToPath(new URL('..', import.meta.url))

/** The groups of the sidebar. A page that does not exist is left out. */
const groups = [
  {
    text: 'Get started',
    pages: [
      ['Start', 'start'],
      ['Set up the Okta app', 'okta-app'],
    ],
  },
  {
    text: 'Use',
    pages: [
      ['PowerShell', 'powershell'],
      ['Coming from DSInternals.Passkeys', 'coming-from-dsinternals-passkeys'],
      ['CLI', 'cli'],
      ['Other tools', 'tools'],
      ['Library', 'library'],
      ['Broker', 'broker'],
      ['Workload identity', 'workload-identity'],
      ['Managed keys', 'managed-keys'],
      ['Keys that cannot be copied', 'signers'],
      ['Broker runbook', 'runbook'],
      ['Emulator', 'emulator'],
      ['Profiles', 'profiles'],
    ],
  },
  {
    text: 'Test against an emulated org',
    pages: [
      ['Node.js', 'testing/node'],
      ['Python', 'testing/python'],
      ['.NET', 'testing/dotnet'],
      ['PowerShell', 'testing/powershell'],
      ['CI and shell scripts', 'testing/ci'],
    ],
  },
  {
    text: 'More',
    pages: [
      ['Troubleshooting', 'troubleshooting'],
      ['Threat model', 'threat-model'],
      ['Report a vulnerability', 'project/security'],
      ['Architecture', 'architecture'],
      ['Benchmarks', 'bench'],
    ],
  },
]

/** The sidebar. It includes every generated reference page. */
export function sidebar() {
  const reference = readdirSync(join(docs, 'reference'))
    .filter(name => name.endsWith('.md'))
    .map(name => ({ text: titleOf(join(docs, 'reference', name)), link: `/reference/${basename(name, '.md')}` }))
  return [
    ...groups.map(({ text, pages }) => ({ text, items: pages.filter(exists).map(itemOf) })),
    { text: 'Reference', items: [itemOf(['Errors', 'errors']), ...reference] },
  ]
}

/** Whether a page of this name exists. */
export const hasPage = name =>
  existsSync(join(docs, `${name}.md`)) || repositoryPages().some(({ params }) => name === `project/${params.page}`)

const exists = ([, name]) => hasPage(name)
const itemOf = ([text, name]) => ({ text, link: `/${name}` })
const titleOf = path => /^# (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? basename(path, '.md')
