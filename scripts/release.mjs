import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packAll, publishedPackages } from './packages.mjs'
import { root } from './pnpm.mjs'
import { setUp } from './set-up.mjs'

const usage = `npm run release                publishes every package whose version is not in the registry yet, and tags it
npm run release -- --dry-run   does the same without publishing, on a copy with the next versions
`
const args = process.argv.slice(2)
const isDryRun = args[0] === '--dry-run'
if (args.length > (isDryRun ? 1 : 0)) {
  process.stderr.write(usage)
  process.exit(2)
}

await setUp()
const work = mkdtempSync(join(tmpdir(), 'release-'))
try {
  const tree = isDryRun ? nextVersions(join(work, 'tree')) : withRepository(root)
  const tarballs = packAll(work, tree)
  describeComponents(join(work, 'installed'), [...tarballs.values()])
  for (const { manifest } of publishedPackages(tree)) publish(manifest, tarballs.get(manifest.name))
  if (!isDryRun) run('npx', ['changeset', 'tag'], { cwd: root })
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Copies the repository with its builds, and turns the changesets into versions and changelogs. */
function nextVersions(tree) {
  const files = output('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']).split('\0')
  for (const file of files.filter(name => name !== '' && existsSync(join(root, name)))) {
    cpSync(join(root, file), join(tree, file))
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  for (const { folder } of publishedPackages()) {
    for (const part of ['dist', 'node_modules']) {
      const [from, to] = [join(folder, part), join(tree, folder.slice(root.length), part)]
      if (existsSync(from)) cpSync(from, to, { recursive: true, verbatimSymlinks: true })
    }
  }
  // changesets looks for the commits that added the changesets.
  const commit = [
    '-c',
    'user.name=release',
    '-c',
    'user.email=release@localhost',
    'commit',
    '--quiet',
    '--message',
    'Now',
  ]
  for (const one of [['init', '--quiet', '--initial-branch', 'main'], ['add', '--all'], commit])
    run('git', one, { cwd: tree })
  run(join(root, 'node_modules/.bin/changeset'), ['version'], { cwd: tree })
  for (const { folder, manifest } of publishedPackages(tree)) {
    process.stdout.write(`\n== ${manifest.name}@${manifest.version}\n`)
    const changelog = join(folder, 'CHANGELOG.md')
    process.stdout.write(existsSync(changelog) ? readFileSync(changelog, 'utf8') : 'No changelog.\n')
  }
  return tree
}

/** Adds the repository to each package.json. For provenance, npm compares it with the repository of the build. */
function withRepository(tree) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env
  if (name === undefined) return tree
  for (const { folder, manifest } of publishedPackages(tree)) {
    const repository = { type: 'git', url: `git+${server}/${name}.git`, directory: folder.slice(tree.length + 1) }
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...manifest, repository }, null, 2)}\n`)
  }
  return tree
}

/** Checks the dependencies for known vulnerabilities, and writes a list of them (CycloneDX). */
function describeComponents(folder, tarballs) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"name":"connect-okta","version":"0.0.0","private":true}')
  // The lock file is sufficient.
  const quiet = ['--package-lock-only', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  run('npm', ['install', ...quiet, ...tarballs], { cwd: folder })
  if (!isDryRun) run('npm', ['audit', '--omit=dev', '--audit-level=high'], { cwd: folder })
  const list = output('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--omit=dev'], { cwd: folder })
  const { bomFormat, specVersion, components } = JSON.parse(list)
  process.stdout.write(`\nComponents: ${components.length} (${bomFormat} ${specVersion})\n`)
  const file = join(root, 'test-results/sbom.cdx.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, list)
}

function publish({ name, version }, tarball) {
  const known = spawnSync('npm', ['view', `${name}@${version}`, 'version'], { encoding: 'utf8' }).stdout?.trim()
  if (known === version) return process.stdout.write(`${name}@${version} is in the registry.\n`)
  const flags = ['--access', 'public', '--ignore-scripts', '--loglevel=notice', isDryRun ? '--dry-run' : '--provenance']
  run('npm', ['publish', tarball, ...flags], { cwd: work })
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`, { cause: error })
}

function output(command, args, options = { cwd: root }) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`)
  return stdout
}
