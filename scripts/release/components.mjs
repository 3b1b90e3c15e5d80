import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishedPackages } from '../packages.mjs'
import { output, run } from './run.mjs'

/** Writes the list of the components of packages (CycloneDX): their dependencies, and what their bundles contain. Returns the components. */
export function writeComponents(file, tarballs) {
  const list = JSON.parse(
    withLockFile(tarballs, cwd =>
      output('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--omit=dev'], { cwd }),
    ),
  )
  const known = new Set(
    list.components.map(({ name, group, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
  )
  list.components.push(...bundledComponents().filter(({ name, version }) => !known.has(`${name}@${version}`)))
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

/**
 * Checks the dependencies of packages for known vulnerabilities.
 *
 * @throws Error if a dependency has a vulnerability of level high or critical
 */
export function audit(tarballs) {
  withLockFile(tarballs, cwd => run('npm', ['audit', '--omit=dev', '--audit-level=high'], { cwd }))
}

function withLockFile(tarballs, use) {
  const folder = mkdtempSync(join(tmpdir(), 'components-'))
  try {
    const [{ manifest }] = publishedPackages()
    const project = { name: 'connect-okta', version: manifest.version, private: true }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(project))
    const quiet = ['--package-lock-only', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
    run('npm', ['install', ...quiet, ...tarballs], { cwd: folder })
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
