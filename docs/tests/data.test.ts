import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listProfiles } from '@connect-okta/core/profiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readPages, root } from '../src/pages.mjs'

interface Block {
  readonly language: string
  readonly code: string
  readonly line: number
}

const pages: readonly { path: string; blocks: readonly Block[] }[] = await readPages()
const found = (...languages: readonly string[]) =>
  pages.flatMap(({ path, blocks }) =>
    blocks
      .filter(({ language }) => languages.includes(language))
      .map(({ code, line }) => ({ path, where: `${path}:${line}`, code })),
  )
const yamlFiles = found('yaml', 'yml')
const profileFiles = yamlFiles.filter(({ code }) => /^profiles:/m.test(code))
const emulatorFiles = yamlFiles.filter(
  ({ path, code }) => path.includes('emulator') && !profileFiles.some(one => one.code === code),
)

describe('a configuration in the pages', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'data-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(yamlFiles.map(({ where, code }) => [where, code] as const))('of %s is valid YAML', (_where, code) => {
    expect(parseAllDocuments(code).flatMap(({ errors }) => errors)).toEqual([])
  })

  it.each(found('json').map(({ where, code }) => [where, code] as const))('of %s is valid JSON', (_where, code) => {
    expect(JSON.parse(code)).toBeTypeOf('object')
  })

  it.each(profileFiles.map(({ where, code }) => [where, code] as const))(
    'of %s has valid profiles',
    async (_where, code) => {
      await writeFile(join(folder, 'profiles.yaml'), code)
      const environment = { variables: {}, home: folder, configDirectory: folder, stateDirectory: folder }
      expect(await listProfiles(environment)).not.toEqual([])
    },
  )

  it.each(emulatorFiles.map(({ where, code }) => [where, code] as const))(
    'of %s starts an org',
    async (_where, code) => {
      const file = join(folder, 'org.yaml')
      await writeFile(file, code)
      const main = join(root, 'packages/emulator/dist/main.js')
      const emulator: ChildProcess = spawn(process.execPath, [main, '--json', '--port', '0', '--config', file])
      const exited = once(emulator, 'exit')
      const failed = exited.then(([exitCode]) => Promise.reject(new Error(`the emulator exited with ${exitCode}`)))
      const [line] = await Promise.race([once(emulator.stdout ?? emulator, 'data'), failed])
      failed.catch(() => {})
      emulator.kill()
      await exited
      expect(JSON.parse(String(line).split('\n')[0] ?? '')).toMatchObject({ orgUrl: expect.stringContaining('http') })
    },
  )
})
