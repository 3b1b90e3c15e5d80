import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { publishedPackages } from '../packages.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const names: readonly string[] = publishedPackages().map(
  ({ manifest }: { manifest: { name: string } }) => manifest.name,
)

/** Returns the pending changes of each package, from the changesets. */
async function pendingChanges(): Promise<ReadonlyMap<string, readonly string[]>> {
  const changes = new Map<string, string[]>()
  for (const file of (await readdir(join(root, '.changeset'))).filter(name => name.endsWith('.md'))) {
    const [, packages = '', text = ''] = (await readFile(join(root, '.changeset', file), 'utf8')).split(/^---$/m)
    for (const [, name = ''] of packages.matchAll(/^['"](.+)['"]:/gm)) {
      changes.set(name, [...(changes.get(name) ?? []), text.trim().split('\n')[0] ?? ''])
    }
  }
  return changes
}

describe('a release', () => {
  it('creates versions, changelogs, a list of components and valid packages when it is a dry run', async () => {
    const env = { ...process.env, npm_config_loglevel: 'notice' }
    const { stdout, stderr } = await run(process.execPath, ['scripts/release.mjs', '--dry-run'], { cwd: root, env })
    const changes = await pendingChanges()
    for (const name of names) {
      const [changelog = ''] = stdout.split(`== ${name}@`)[1]?.split('\n== ') ?? []
      for (const line of changes.get(name) ?? []) expect(changelog).toContain(line)
      const version = /^\S+/.exec(changelog)?.[0]
      const accepted = [`+ ${name}@${version}\n`, `${name}@${version} is in the registry`]
      expect(accepted.filter(line => stdout.includes(line))).toHaveLength(1)
    }
    expect(stdout).toMatch(/Components: \d+ \(CycloneDX/)
    expect(stderr).toContain('dry-run')
    // It changes nothing in the repository.
    const { stdout: changed } = await run('git', ['status', '--porcelain', '--', '*CHANGELOG.md', '.changeset'], {
      cwd: root,
    })
    expect(changed).not.toContain('CHANGELOG')
  })
})
