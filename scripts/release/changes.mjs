import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { publishedPackages } from '../packages.mjs'
import { root } from '../pnpm.mjs'
import { newestEntry } from './changelog.mjs'
import { output } from './run.mjs'

// A released version has the tag v1.2.3. Each change since then that users notice requires a changeset. The changes of a version that is not
// released yet are in the changelogs: changesets would demand a changeset for the removal of changesets.
const packages = publishedPackages()
const [version] = packages.map(({ manifest }) => manifest.version)

if (output('git', ['tag', '--list', `v${version}`]) !== '') {
  const changeset = join(root, 'node_modules/@changesets/cli/bin.js')
  const { status } = spawnSync(process.execPath, [changeset, 'status'], { cwd: root, stdio: 'inherit' })
  process.exitCode = status === 0 ? 0 : 1
} else {
  process.stdout.write(`Version ${version} is not released yet. Describe changes in CHANGELOG.md.\n`)
  for (const { folder, manifest } of packages) {
    if (newestEntry(folder).version === manifest.version) continue
    process.stderr.write(`The newest entry of the changelog of ${manifest.name} must be ${manifest.version}.\n`)
    process.exitCode = 1
  }
}
