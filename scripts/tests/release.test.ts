import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { publishedPackages } from '../packages.mjs'
import { newestEntry } from '../release/changelog.mjs'

interface Published {
  readonly folder: string
  readonly manifest: {
    readonly name: string
    readonly version: string
    readonly homepage: string
    readonly bugs: string
    readonly repository: { readonly type: string; readonly url: string; readonly directory: string }
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const packages: readonly Published[] = publishedPackages()
const result = (name: string) => readFile(join(root, 'test-results/release', name), 'utf8')

describe('the manifests of the published packages', () => {
  it('have one version, repository, site and address for bugs', async () => {
    const { version, bugs, repository } = packages[0]?.manifest ?? {}
    for (const { folder, manifest } of packages) {
      expect(manifest).toMatchObject({
        version,
        bugs,
        homepage: expect.stringMatching(/^https:\/\/connect-okta\.github\.io\/connect-okta\/\w+$/),
        repository: { ...repository, directory: folder.slice(root.length).replaceAll('\\', '/') },
      })
      // The homepage is a page of this repository's documentation.
      await readFile(join(root, 'docs', `${manifest.homepage.split('/').at(-1)}.md`), 'utf8')
    }
    expect(repository?.url).toBe(`git+${bugs?.replace(/\/issues$/, '')}.git`)
  })

  it.each(packages)('have the version of the newest entry in the changelog of $manifest.name', async one => {
    const { version, text } = newestEntry(one.folder)
    expect(version).toBe(one.manifest.version)
    // Without a change, the entry is empty.
    expect(text).toMatch(/^$|### \w+/)
    expect(await readFile(join(one.folder, 'CHANGELOG.md'), 'utf8')).toMatch(
      `# ${one.manifest.name}\n\n## ${version}\n`,
    )
  })
})

describe('a release', () => {
  it('shows the packages, changelogs, module and components without publishing them when it is a dry run', async () => {
    const env = { ...process.env, npm_config_loglevel: 'notice' }
    const { stdout, stderr } = await run(process.execPath, ['scripts/release/release.mjs', '--dry-run'], {
      cwd: root,
      env,
    })
    const notes = await result('notes.md')
    for (const { folder, manifest } of packages) {
      const [shown = ''] = stdout.split(`== ${manifest.name}@${manifest.version}\n`)[1]?.split('\n== ') ?? []
      expect(shown).toContain(newestEntry(folder).text)
      expect(notes).toContain(newestEntry(folder).text)
      const accepted = [`+ ${manifest.name}@${manifest.version}\n`, `${manifest.name}@${manifest.version} is in the`]
      expect(accepted.filter(line => shown.includes(line))).toHaveLength(1)
    }
    expect(stdout).toMatch(/^shim\/keyring\/keyring\.win32-x64-msvc\.node$/m)
    expect(stdout).toMatch(/Components: \d+ \(CycloneDX\)/)
    const { components } = JSON.parse(await result('sbom.cdx.json'))
    const names = components.map(({ name }: { name: string }) => name)
    // A dependency, one in the bundle of the CLI, and one in that of the module.
    expect(names).toEqual(expect.arrayContaining(['oauth4webapi', 'yargs', 'lossless-json']))
    expect(names.filter((name: string) => name.startsWith('jose'))).toHaveLength(1)
    expect(stderr).toContain('dry-run')
  })

  it('prints its usage when an option is unknown', async () => {
    const failed = run(process.execPath, ['scripts/release/release.mjs', '--publish'], { cwd: root })
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--dry-run') })
  })
})
