import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { packAll, publishedPackages } from '../packages.mjs'
import { root } from '../pnpm.mjs'
import { setUp } from '../set-up.mjs'
import { newestEntry } from './changelog.mjs'
import { audit, writeComponents } from './components.mjs'
import { addKeyrings } from './keyrings.mjs'
import { releaseNotes } from './notes.mjs'
import { run } from './run.mjs'

const usage = `npm run release                publishes every npm package whose version is not in the registry yet
npm run release -- --dry-run   shows what would be published

Both write to test-results/release: the packages, the list of their components, and the notes of the release.
`
const args = process.argv.slice(2)
const isDryRun = args[0] === '--dry-run'
if (args.length > (isDryRun ? 1 : 0)) {
  process.stderr.write(usage)
  process.exit(2)
}

await setUp()
const destination = join(root, 'test-results/release')
rmSync(destination, { recursive: true, force: true })
mkdirSync(destination, { recursive: true })

const module = join(root, 'packages/powershell-shim/dist/ConnectOkta')
addKeyrings(join(module, 'shim/keyring'))
const tarballs = packAll(destination)
const components = writeComponents(join(destination, 'sbom.cdx.json'), [...tarballs.values()])
if (!isDryRun) audit([...tarballs.values()])

writeFileSync(join(destination, 'notes.md'), releaseNotes())

for (const { folder, manifest } of publishedPackages()) {
  process.stdout.write(`\n== ${manifest.name}@${manifest.version}\n${newestEntry(folder).text}\n`)
  publish(manifest, tarballs.get(manifest.name))
}
process.stdout.write(`\n== The module for the PowerShell Gallery\n`)
for (const file of readdirSync(module, { recursive: true }).sort()) process.stdout.write(`${file}\n`)
process.stdout.write(`\n== Components: ${components.length} (CycloneDX)\n`)

function publish({ name, version }, tarball) {
  const known = spawnSync('npm', ['view', `${name}@${version}`, 'version'], { encoding: 'utf8' }).stdout?.trim()
  if (known === version) return process.stdout.write(`${name}@${version} is in the registry.\n`)
  const flags = ['--access', 'public', '--ignore-scripts', '--loglevel=notice', isDryRun ? '--dry-run' : '--provenance']
  // npm prints the list of the files.
  run('npm', ['publish', `./${basename(tarball)}`, ...flags], { cwd: destination })
}
