import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const areas = [
  ['Users', '/api/v1/users'],
  ['Groups', '/api/v1/groups'],
  ['Apps', '/api/v1/apps'],
  ['Org, System Log, sessions and trusted origins', '/api/v1/'],
  ['OAuth and OpenID Connect', '/oauth2/'],
  ['OAuth and OpenID Connect', '/.well-known/'],
  ['Pages', '/'],
]

/**
 * Returns a page with every endpoint of the emulator, from the table in its code.
 *
 * @param emulator the folder of the package, which has been built
 */
export async function emulatorReference(emulator) {
  const table = pathToFileURL(join(emulator, 'dist/endpoints/table/table.js')).href
  const { ENDPOINTS } = await import(table)
  const titles = [...new Set(ENDPOINTS.map(({ path }) => areaOf(path)))]
  const sections = titles.map(title => [title, ENDPOINTS.filter(({ path }) => areaOf(path) === title)])
  return `# Emulator endpoints

The [emulator](../emulator.md) supports these requests. As in Okta, the response to any other path is 404 \`E0000008\`, and to any other method
405 \`E0000022\`.

${sections.map(([title, endpoints]) => section(title, endpoints)).join('\n\n')}
`
}

const areaOf = path => (path.includes('/factors') ? 'Passkeys' : areas.find(([, start]) => path.startsWith(start))?.[0])

function section(title, endpoints) {
  return [`## ${title}`, ...endpoints.map(describe)].join('\n\n')
}

function describe({ method, path, summary, scopes, query, cors, atCustomServers, kind }) {
  const facts = [
    summary,
    scopes.length > 0 && `Scope: ${scopes.map(code).join(' or ')}.`,
    kind === 'oauth' && !atCustomServers && 'Only at the org authorization server.',
    cors === 'trusted' && 'CORS: trusted origins.',
    cors === 'client' && 'CORS: origins of the redirect URIs of the app.',
  ]
  const rejected = query.filter(({ support }) => support === 'refused').map(({ name }) => code(name))
  const parameters = query.filter(({ support }) => support !== 'refused')
  return [
    `### \`${method} ${path}\``,
    facts.filter(Boolean).join(' '),
    ...(parameters.length === 0 ? [] : [parameters.map(parameter).join('\n')]),
    ...(rejected.length === 0 ? [] : [`Not implemented, and rejected: ${rejected.join(', ')}.`]),
  ].join('\n\n')
}

const parameter = ({ name, support, description }) =>
  `- ${code(name)}: ${description}${support === 'accepted' ? ' Accepted, without effect.' : ''}`
const code = text => `\`${text}\``
