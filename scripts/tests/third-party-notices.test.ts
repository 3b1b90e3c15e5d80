import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { bundleProgram } from '../bundle-program.mjs'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notices-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

async function dependency(name: string, code: string, license?: string): Promise<void> {
  const manifest = { name, version: '1.2.3', license: 'MIT', type: 'module', main: 'lib/index.js' }
  await write(`node_modules/${name}/package.json`, JSON.stringify(manifest))
  await write(`node_modules/${name}/lib/index.js`, code)
  // Some packages contain a package.json without a name, which only sets the module format.
  await write(`node_modules/${name}/lib/package.json`, '{"type":"module"}')
  if (license !== undefined) await write(`node_modules/${name}/LICENSE.md`, license)
}

async function bundle(source: string): Promise<string> {
  await write('package.json', '{"name":"program","version":"1.0.0","type":"module"}')
  await write('main.js', source)
  await bundleProgram({
    input: { input: join(folder, 'main.js'), cwd: folder },
    output: { dir: join(folder, 'dist') },
    keyring: '@napi-rs/keyring',
  })
  return await readFile(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')
}

it('names every bundled package with its version and license text, also one that is imported dynamically', async () => {
  await dependency('early', 'export const early = Math.random()', 'License of early')
  await dependency('@scope/late', 'export const late = Math.random()', 'License of late')
  await dependency('unused', 'export const unused = Math.random()', 'License of unused')
  const notices = await bundle(`import { early } from 'early'
console.log(early)
void import('@scope/late').then(({ late }) => console.log(late))`)
  expect(notices).toMatch(/^early 1\.2\.3 \(MIT\)$[\s\S]*^License of early$/m)
  expect(notices).toMatch(/^@scope\/late 1\.2\.3 \(MIT\)$[\s\S]*^License of late$/m)
  expect(notices).not.toMatch(/unused|^program/m)
})

it('fails the build when a bundled package has no license text', async () => {
  await dependency('bare', 'export const bare = Math.random()')
  await expect(bundle(`import { bare } from 'bare'; console.log(bare)`)).rejects.toThrow('bare 1.2.3')
})
