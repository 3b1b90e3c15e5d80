import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { publishedPackages } from './packages.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = promisify(execFile)
const names: readonly string[] = publishedPackages().map(
  ({ manifest }: { manifest: { name: string } }) => manifest.name,
)

/** What each package has to tell its users with the next release, by the changesets that wait. */
async function waiting(): Promise<ReadonlyMap<string, readonly string[]>> {
  const news = new Map<string, string[]>()
  for (const file of (await readdir(join(root, '.changeset'))).filter(name => name.endsWith('.md'))) {
    const [, packages = '', text = ''] = (await readFile(join(root, '.changeset', file), 'utf8')).split(/^---$/m)
    for (const [, name = ''] of packages.matchAll(/^['"](.+)['"]:/gm)) {
      news.set(name, [...(news.get(name) ?? []), text.trim().split('\n')[0] ?? ''])
    }
  }
  return news
}

describe('a release', () => {
  it('runs dry: versions, changelogs, a list of parts, and packages that npm would take', async () => {
    const env = { ...process.env, npm_config_loglevel: 'notice' }
    const { stdout, stderr } = await run(process.execPath, ['scripts/release.mjs', '--dry-run'], { cwd: root, env })
    const news = await waiting()
    for (const name of names) {
      const [changelog = ''] = stdout.split(`== ${name}@`)[1]?.split('\n== ') ?? []
      for (const line of news.get(name) ?? []) expect(changelog).toContain(line)
      const version = /^\S+/.exec(changelog)?.[0]
      const taken = [`+ ${name}@${version}\n`, `${name}@${version} is on the registry`]
      expect(taken.filter(words => stdout.includes(words))).toHaveLength(1)
    }
    expect(stdout).toMatch(/Parts: \d+ \(CycloneDX/)
    expect(stderr).toContain('dry-run')
    // Nothing of it is left behind.
    const { stdout: changed } = await run('git', ['status', '--porcelain', '--', '*CHANGELOG.md', '.changeset'], {
      cwd: root,
    })
    expect(changed).not.toContain('CHANGELOG')
  })
})
