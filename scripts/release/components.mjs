import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishedPackages } from '../packages.mjs'
import { root } from '../pnpm.mjs'
import { output, run } from './run.mjs'

/**
 * Writes the list of the components of a release (CycloneDX): the dependencies of its packages, what their bundles contain, and the Node of
 * the single-file programs. Returns the components.
 */
export function writeComponents(file, tarballs) {
  const list = JSON.parse(
    withLockFile(tarballs, cwd =>
      output('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--omit=dev'], { cwd }),
    ),
  )
  const known = new Set(
    list.components.map(({ name, group, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
  )
  list.components.push(...bundledComponents().filter(({ name, version }) => !known.has(`${name}@${version}`)), node())
  writeFileSync(file, JSON.stringify(list, null, 2))
  return list.components
}

/** The packages in the bundles, from the notices beside these. */
function bundledComponents() {
  const files = publishedPackages().flatMap(({ folder }) =>
    ['dist', 'dist/ConnectOkta/shim'].map(name => join(folder, name, 'THIRD-PARTY-NOTICES.txt')),
  )
  const titles = files
    .filter(existsSync)
    .flatMap(file => [...readFileSync(file, 'utf8').matchAll(/^-{80}\n(\S+) (\S+) \((.+)\)\n-{80}$/gm)])
  const components = titles.map(([, name, version, license]) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
    return { type: 'library', name, version, 'bom-ref': purl, purl, licenses: [{ expression: license }] }
  })
  return [...new Map(components.map(one => [one.purl, one])).values()]
}

function node() {
  const version = readFileSync(join(root, 'single-file/.node-version'), 'utf8').trim()
  const purl = `pkg:generic/node@${version}`
  const cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`
  const license = { name: 'Node.js, in THIRD-PARTY-NOTICES.txt of the program' }
  return { type: 'platform', name: 'node', version, 'bom-ref': purl, purl, cpe, licenses: [{ license }] }
}

/**
 * Checks the dependencies of packages for known vulnerabilities.
 *
 * @throws Error if a dependency has a vulnerability of level high or critical
 */
export function audit(tarballs) {
  withLockFile(tarballs, cwd => run('npm', ['audit', '--omit=dev', '--audit-level=high'], { cwd }))
}

function withLockFile(tarballs, use) {
  const parent = mkdtempSync(join(tmpdir(), 'components-'))
  try {
    // npm names the project after its folder.
    const folder = join(parent, 'connect-okta')
    mkdirSync(folder)
    const [{ manifest }] = publishedPackages()
    const project = { name: 'connect-okta', version: manifest.version, private: true }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(project))
    const quiet = ['--package-lock-only', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
    output('npm', ['install', ...quiet, ...tarballs], { cwd: folder })
    return use(folder)
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}
