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
      ['Quickstart', 'start'],
      ['Install', 'install'],
      ['Set up the Okta app', 'okta-app'],
      ['Profiles', 'profiles'],
      ['Troubleshooting', 'troubleshooting'],
    ],
  },
  {
    text: 'Interfaces',
    pages: [
      ['CLI', 'cli'],
      ['PowerShell', 'powershell'],
      ['Coming from DSInternals.Passkeys', 'coming-from-dsinternals-passkeys'],
      ['TypeScript library', 'library'],
      ['HTTP broker', 'broker'],
      ['Broker runbook', 'runbook'],
    ],
  },
  {
    text: 'Keys, CI and tools',
    pages: [
      ['Use tokens in other tools', 'tools'],
      ['Workload identity', 'workload-identity'],
      ['Keys that cannot be copied', 'signers'],
      ['Managed keys', 'managed-keys'],
    ],
  },
  { text: 'Recipes', pages: pagesIn('recipes') },
  {
    text: 'Test without an org',
    pages: [
      ['Emulator', 'emulator'],
      ['Node.js', 'testing/node'],
      ['Python', 'testing/python'],
      ['.NET', 'testing/dotnet'],
      ['PowerShell', 'testing/powershell'],
      ['CI and shell scripts', 'testing/ci'],
    ],
  },
  {
    text: 'Security and design',
    pages: [
      ['Threat model', 'threat-model'],
      ['Report a vulnerability', 'project/security'],
      ['Architecture', 'architecture'],
      ['Benchmarks', 'bench'],
      ['Contributing', 'project/contributing'],
    ],
  },
  { text: 'Reference', pages: [['Errors', 'errors'], ...pagesIn('reference')] },
]

/** The sidebar. It includes every recipe and every generated reference page. */
export function sidebar() {
  return groups
    .map(({ text, pages }) => ({ text, items: pages.filter(exists).map(itemOf) }))
    .filter(({ items }) => items.length > 0)
}

/** Whether a page of this name exists. */
const hasPage = name =>
  existsSync(join(docs, `${name}.md`)) || repositoryPages().some(({ params }) => name === `project/${params.page}`)

const exists = ([, name]) => hasPage(name)
// The pages in the folder of the same name are below the page.
function itemOf([text, name]) {
  const below = pagesIn(name).map(itemOf)
  return { text, link: `/${name}`, ...(below.length > 0 && { items: below, collapsed: true }) }
}

function pagesIn(folder) {
  if (!existsSync(join(docs, folder))) return []
  return readdirSync(join(docs, folder))
    .filter(name => name.endsWith('.md'))
    .map(name => [titleOf(join(docs, folder, name)), `${folder}/${basename(name, '.md')}`])
}

function titleOf(path) {
  return /^# (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? basename(path, '.md')
}
