import { execFile } from 'node:child_process'
import { mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
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

describe('the check of changes', () => {
  /** A clone of the repository in which a package has changed since a commit on main with this tag. */
  async function changedSince(tag: string) {
    const folder = await mkdtemp(join(tmpdir(), 'changes-'))
    const git = (...args: string[]) =>
      run('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: folder })
    await run('git', ['clone', '--quiet', '--no-tags', root, folder])
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await git('checkout', '--quiet', '-B', 'main')
    await git('tag', tag)
    await git('checkout', '--quiet', '-b', 'change')
    await writeFile(join(folder, 'packages/cli/src/new.ts'), '')
    await git('add', 'packages')
    await git('commit', '--quiet', '--message', 'Change')
    const check = () => run(process.execPath, ['scripts/release/changes.mjs'], { cwd: folder })
    return { folder, check }
  }

  it('demands a changeset when the version is released', async () => {
    const { folder, check } = await changedSince(`v${packages[0]?.manifest.version}`)
    await expect(check()).rejects.toMatchObject({ code: 1 })
    await writeFile(join(folder, '.changeset/new.md'), "---\n'@connect-okta/cli': patch\n---\n\nA change.\n")
    expect((await check()).stdout).toContain('@connect-okta/cli')
  })

  it('replaces the version in every package, changelog and example when the next version is made', async () => {
    const { folder } = await changedSince('v0.0.0')
    const { version = '' } = packages[0]?.manifest ?? {}
    await writeFile(join(folder, '.changeset/new.md'), "---\n'@connect-okta/cli': major\n---\n\nA change.\n")
    await run(process.execPath, ['scripts/release/version.mjs'], { cwd: folder })
    const now: readonly Published[] = publishedPackages(folder)
    const next = now[0]?.manifest.version ?? ''
    expect(next).not.toBe(version)
    for (const one of now) {
      expect(one.manifest.version).toBe(next)
      expect(newestEntry(one.folder).version).toBe(next)
    }
    const examples = ['docs/recipes', 'docs/install.md', 'packages/server/deploy']
    const found = await run('git', ['grep', '--fixed-strings', '--line-number', version, '--', ...examples], {
      cwd: folder,
    }).catch(({ stdout }) => ({ stdout }))
    expect(found.stdout).toBe('')
    const image = await readFile(join(folder, 'packages/server/deploy/kubernetes/deployment.yaml'), 'utf8')
    expect(image).toContain(`connect-okta-server:${next}`)
  })

  it('demands an entry in each changelog when the version is not released', async () => {
    const { folder, check } = await changedSince('v0.0.0')
    expect((await check()).stdout).toContain('is not released yet')
    await writeFile(join(folder, 'packages/cli/CHANGELOG.md'), '# @connect-okta/cli\n\n## 0.0.0\n')
    await expect(check()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('@connect-okta/cli') })
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
      // GitHub shows each line break of the notes.
      const paragraphs = newestEntry(folder).text.split(/\n\n|\n(?=- )/)
      const lines = paragraphs.map(text => text.replace(/\n */g, ' '))
      expect(notes.split('\n')).toEqual(expect.arrayContaining(lines))
      const accepted = [`+ ${manifest.name}@${manifest.version}\n`, `${manifest.name}@${manifest.version} is in the`]
      expect(accepted.filter(line => shown.includes(line))).toHaveLength(1)
    }
    expect(stdout).toMatch(/^shim\/keyring\/keyring\.win32-x64-msvc\.node$/m)
    expect(stdout).toMatch(/Components: \d+ \(CycloneDX\)/)
    const { components, metadata } = JSON.parse(await result('sbom.cdx.json'))
    expect(metadata.component).toMatchObject({ name: 'connect-okta', version: packages[0]?.manifest.version })
    const names = components.map(({ name }: { name: string }) => name)
    // A dependency, one in the bundle of the CLI, one in that of the module, and one in the single-file programs.
    expect(names).toEqual(expect.arrayContaining(['oauth4webapi', 'yargs', 'lossless-json', 'node']))
    expect(names.filter((name: string) => name.startsWith('jose'))).toHaveLength(1)
    expect(stderr).toContain('dry-run')
  })

  it('prints its usage when an option is unknown', async () => {
    const failed = run(process.execPath, ['scripts/release/release.mjs', '--publish'], { cwd: root })
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--dry-run') })
  })
})
