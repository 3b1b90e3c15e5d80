import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Licenses from the repositories of packages that contain no license file.
const fromRepository = [
  { names: /^(redis|@redis\/.+)$/, file: new URL('licenses/redis.txt', import.meta.url) },
  { names: /^@hono\/zod-(openapi|validator)$/, file: new URL('licenses/hono-middleware.txt', import.meta.url) },
]
const own = /^@connect-okta\//
const line = '-'.repeat(80)

/**
 * Returns the notices that the licenses of bundled code require: name, version and license text of each package.
 *
 * @param moduleIds the modules of the bundle, as rolldown names them
 * @param program a file of the package that is bundled
 * @param distributed folders of packages that are distributed with the bundle
 * @throws Error for a package without a license text
 */
export function thirdPartyNotices({ moduleIds, program, distributed = [] }) {
  const folders = new Set([...moduleIds.flatMap(packageFolderOf), ...distributed])
  folders.delete(packageFolder(program))
  const notices = [...folders].map(noticeOf).filter(({ name }) => !own.test(name))
  const sections = new Map(notices.map(({ title, text }) => [title, `${line}\n${title}\n${line}\n\n${text}\n`]))
  const sorted = [...sections].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, section]) => section)
  return ['This program contains the packages below, under these licenses.\n', ...sorted].join('\n')
}

/** Returns the folders of a native package and of its packages for this platform, resolved from a module. */
export function nativePackages(name, from) {
  const require = createRequire(from)
  const manifest = require.resolve(`${name}/package.json`)
  const parts = Object.keys(JSON.parse(readFileSync(manifest, 'utf8')).optionalDependencies ?? {})
  const requirePart = createRequire(manifest)
  const found = parts.flatMap(part => {
    try {
      return [packageFolder(requirePart.resolve(part))]
    } catch {
      return []
    }
  })
  return [dirname(manifest), ...found]
}

// Modules that a plugin generates begin with a null character. Those of rolldown are its own runtime code.
function packageFolderOf(id) {
  if (!id.startsWith('\0')) return [packageFolder(id.replace(/\?.*$/, ''))]
  return /^\0(rolldown|@oxc-project)\b/.test(id) ? [packageFolder(fileURLToPath(import.meta.resolve('rolldown')))] : []
}

// A package.json without a name only sets the module format of its folder.
function packageFolder(file) {
  const folder = dirname(file)
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name !== undefined) return folder
  if (folder === file) throw new Error('A bundled module belongs to no package.')
  return packageFolder(folder)
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const title = `${name} ${version} (${license})`
  const texts = readdirSync(folder)
    .filter(file => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map(file => join(folder, file))
  const known = fromRepository.filter(({ names }) => names.test(name)).map(({ file }) => file)
  const files = texts.length > 0 ? texts : known
  if (files.length === 0 && !own.test(name)) throw new Error(`The bundled package ${title} has no license text.`)
  return { name, title, text: files.map(file => readFileSync(file, 'utf8').trim()).join('\n\n') }
}
