import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishedPackages } from '../packages.mjs'
import { root } from '../pnpm.mjs'
import { output, run } from './run.mjs'

// Turns the changesets into the next version and changelogs, and replaces the version in the documentation and in the examples.
const currentVersion = () => publishedPackages()[0].manifest.version

const before = currentVersion()
run(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], { cwd: root })
const after = currentVersion()

// Such as @connect-okta/cli@0.1.0, connect-okta-server:0.1.0, connect-okta-0.1.0-linux-x64.tar.gz, VERSION=0.1.0 and -Version 0.1.0.
const reference = new RegExp(
  `(connect-okta[\\w/-]*[@:-]v?|\\bVERSION=|-Version )${before.replaceAll('.', '\\.')}(?![\\d.]*\\d)`,
  'g',
)
const places = ['*.md', '*.yml', '*.yaml', '*Containerfile', ':!*CHANGELOG.md']
for (const file of output('git', ['ls-files', '-z', '--', ...places])
  .split('\0')
  .filter(name => name !== '')) {
  const text = readFileSync(join(root, file), 'utf8')
  const replaced = text.replace(reference, `$1${after}`)
  if (replaced !== text) writeFileSync(join(root, file), replaced)
}
