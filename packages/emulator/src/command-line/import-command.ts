import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import { importOrg } from '../import/import-org.js'
import { ExportError, parseExport } from '../import/org-export.js'
import { UsageError } from './flags.js'
import { decodeText } from './read-text-file.js'

export const IMPORT_HELP = `Usage: okta-emulator import FILE|FOLDER...

Converts an export of a real org to a configuration file, and prints it. It keeps IDs, and replaces
names, addresses and phone numbers with pseudonyms.

Files
  users.json, groups.json, apps.json, groupMembers.json, appUsers.json, appGrants.json, trustedOrigins.json:
  responses of Okta's API. Or one file with an object that contains these lists. In a folder, it reads all JSON files.

Example
  okta-emulator import export/ > org.yaml
  okta-emulator --config org.yaml
`

/**
 * Runs `okta-emulator import`.
 *
 * @param warn receives what could not be taken over
 * @returns the configuration as YAML
 * @throws {UsageError} when a file cannot be read
 */
export async function importCommand(args: readonly string[], warn: (warning: string) => void): Promise<string> {
  const flag = args.find(argument => argument.startsWith('-'))
  if (flag === '--help' || flag === '-h') return IMPORT_HELP
  if (flag !== undefined) throw new UsageError(`Unknown flag: ${flag}`)
  if (args.length === 0) throw new UsageError('import requires files or folders. Try okta-emulator import --help')
  const files = (await Promise.all(args.map(filesOf))).flat()
  const names = files.map(file => basename(file))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UsageError(`import: ${twice} is given twice.`)
  const texts = await Promise.all(files.map(async file => [basename(file), await read(file)] as const))
  try {
    const { config, warnings } = importOrg(parseExport(Object.fromEntries(texts)))
    for (const warning of warnings) warn(warning)
    return stringify(config, { aliasDuplicateObjects: false })
  } catch (error) {
    throw error instanceof ExportError ? new UsageError(error.message, { cause: error }) : error
  }
}

async function filesOf(path: string): Promise<readonly string[]> {
  const info = await stat(path).catch((cause: Error) => {
    throw new UsageError(`import: ${cause.message}`, { cause })
  })
  if (!info.isDirectory()) return [path]
  const names = (await readdir(path)).filter(name => name.endsWith('.json')).sort()
  if (names.length === 0) throw new UsageError(`import: ${path} has no JSON files.`)
  return names.map(name => join(path, name))
}

async function read(file: string): Promise<string> {
  return decodeText(await readFile(file))
}
