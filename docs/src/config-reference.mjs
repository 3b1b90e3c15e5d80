import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Returns a page with every setting of every configuration file, from the JSON schemas that the packages export.
 *
 * @param root the root of the repository
 */
export async function configReference(root) {
  const schemas = await Promise.all((await exportedSchemas(root)).map(async path => [path, await readJson(root, path)]))
  const sections = schemas.map(([path, schema]) => {
    const rows = rowsOf(schema, schema, '')
    return `## ${schema.title}

From [${path.split('/').at(-1)}](../../${path}). Editors can check the file with this JSON schema.

| setting | type | meaning |
| --- | --- | --- |
${rows.map(({ name, type, description }) => `| \`${name}\` | ${type} | ${description} |`).join('\n')}
`
  })
  return `# Configuration files

In the names of settings, \`[]\` means each item of a list, and \`NAME\` is a name that you choose. If the type is **bold**, the setting is
required.

${sections.join('\n')}`
}

async function exportedSchemas(root) {
  const found = []
  for (const name of (await readdir(join(root, 'packages'))).sort()) {
    const { exports = {} } = await readJson(root, `packages/${name}/package.json`)
    const files = Object.values(exports).filter(path => typeof path === 'string' && path.endsWith('.schema.json'))
    found.push(...files.map(path => `packages/${name}/${path.replace('./', '')}`))
  }
  return found
}

const readJson = async (root, path) => JSON.parse(await readFile(join(root, path), 'utf8'))

// One row for each setting, depth first.
function rowsOf(schema, whole, path, required = false) {
  const one = resolved(schema, whole)
  const own =
    path === '' ? [] : [{ name: path, type: typeOf(one, whole, required), description: cell(one.description) }]
  return [...own, ...below(one, whole, path)]
}

function below(schema, whole, path) {
  const at = name => (path === '' ? name : `${path}.${name}`)
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    rowsOf(child, whole, at(name), schema.required?.includes(name)),
  )
  const named = isSchema(schema.additionalProperties) ? rowsOf(schema.additionalProperties, whole, at('NAME')) : []
  const items = isSchema(schema.items) ? below(resolved(schema.items, whole), whole, `${path}[]`) : []
  const choices = (schema.anyOf ?? schema.oneOf ?? []).map(choice => resolved(choice, whole))
  // The type describes references to secrets and lists of text sufficiently.
  const inChoices = choices.filter(({ properties: p }) => Object.keys(p ?? {}).length > 1)
  return [...properties, ...named, ...items, ...inChoices.flatMap(choice => below(choice, whole, path))]
}

function typeOf(schema, whole, required) {
  const type = typeName(schema, whole)
  return required ? `**${type}**` : type
}

function typeName(given, whole) {
  const schema = resolved(given, whole)
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return [...new Set(choices.map(choice => typeName(choice, whole)))].join(' or ')
  if (schema.type === 'array') return `list of ${isSchema(schema.items) ? typeName(schema.items, whole) : 'anything'}`
  if (schema.type !== 'object') return words[schema.type] ?? 'anything'
  const names = Object.keys(schema.properties ?? {})
  return names.length === 1 ? `\`{ ${names[0]}: … }\`` : 'object'
}

const words = { string: 'string', integer: 'integer', number: 'number', boolean: 'boolean' }
const code = value => `\`${value}\``
const isSchema = value => typeof value === 'object' && value !== null && Object.keys(value).length > 0
const cell = (text = '') => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')

// References within the document (JSON Schema §8.2.3).
function resolved(schema, whole) {
  if (schema?.$ref === undefined) return schema ?? {}
  const target = schema.$ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter(Boolean)
    .reduce((at, name) => at?.[name], whole)
  return { ...target, ...schema, $ref: undefined }
}
