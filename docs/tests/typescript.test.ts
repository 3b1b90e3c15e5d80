import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPages, root } from '../src/pages.mjs'

interface Block {
  readonly language: string
  readonly code: string
  readonly line: number
}
interface Example {
  readonly file: string
  readonly where: string
  readonly code: string
}

const run = promisify(execFile)
const pages: readonly { path: string; blocks: readonly Block[] }[] = await readPages()
// The reference shows signatures, which are no programs; typedoc makes them from what the compiler has seen.
const examples = pages.filter(({ path }) => !path.startsWith('docs/reference/')).flatMap(examplesOf)
let folder: string
let said: string

beforeAll(async () => {
  // Below docs/, so that an example may import what docs/package.json names.
  folder = await mkdtemp(join(root, 'docs/node_modules/examples-'))
  await mkdir(join(folder, 'node_modules/@connect-okta'), { recursive: true })
  for (const name of await readdir(join(root, 'packages'))) {
    await symlink(join(root, 'packages', name), join(folder, 'node_modules/@connect-okta', name))
  }
  const compilerOptions = { noEmit: true, moduleDetection: 'force', types: ['node'], noUnusedLocals: false }
  const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  // What an example takes from its surroundings: the runner's expect, and the person whom a web server sent to Okta.
  await writeFile(join(folder, 'runner.ts'), "declare global { const expect: typeof import('vitest').expect }\n")
  await writeFile(join(folder, 'browser.ts'), 'export declare const comesBackFrom: (url: URL) => Promise<URL>\n')
  for (const { file, code } of examples) await writeFile(join(folder, file), code)
  said = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: folder }).then(
    ({ stdout }) => stdout,
    error => `${error.stdout}${error.stderr}`,
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The programs of a page. A block that imports nothing goes on where the block before it ended. */
function examplesOf({ path, blocks }: (typeof pages)[number]): readonly Example[] {
  const found: Example[] = []
  for (const { language, code, line } of blocks) {
    if (!['ts', 'typescript'].includes(language)) continue
    const before = /^import /m.test(code) ? '' : (found.at(-1)?.code ?? '')
    const where = `${path}:${line}`
    found.push({ file: `${where.replaceAll(/\W/g, '-')}.ts`, where, code: `${before}${code}` })
  }
  return found
}

describe('TypeScript in the pages', () => {
  it.each(examples.map(({ where, file }) => [where, file] as const))('%s type-checks', (_where, file) => {
    expect(said.split('\n').filter(line => line.startsWith(file))).toEqual([])
  })

  it('is all that the compiler looked at', () => {
    expect(said).toBe('')
  })
})
