import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { output, run } from './run.mjs'

/** Writes the list of the components of packages (CycloneDX), and returns it. */
export function writeComponents(file, tarballs) {
  const list = withLockFile(tarballs, cwd =>
    output('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--omit=dev'], { cwd }),
  )
  writeFileSync(file, list)
  return JSON.parse(list).components
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
    writeFileSync(join(folder, 'package.json'), '{"name":"connect-okta","version":"0.0.0","private":true}')
    const quiet = ['--package-lock-only', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
    run('npm', ['install', ...quiet, ...tarballs], { cwd: folder })
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
