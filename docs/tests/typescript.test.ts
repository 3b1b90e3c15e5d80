import { beforeAll, describe, expect, it } from 'vitest'
import { readPages } from '../src/pages.mjs'
import { typeCheck } from './type-check.test.support.js'

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

// What examples use without declaring it: `expect` of the test runner, and the user whom a web server redirects to Okta.
const declarations = {
  'runner.ts': "declare global { const expect: typeof import('vitest').expect }\n",
  'browser.ts': 'export declare const redirectedFrom: (url: URL) => Promise<URL>\n',
}
const pages: readonly { path: string; blocks: readonly Block[] }[] = await readPages()
// The reference has signatures, which are not programs. doc-comments.test.ts checks its examples. Those of node.md import each other, and are
// checked by the test of that page.
const examples = pages.filter(({ path }) => !/^docs\/(reference\/|testing\/node.md)/.test(path)).flatMap(examplesOf)
let compilerOutput: string

beforeAll(async () => {
  compilerOutput = await typeCheck({
    ...declarations,
    ...Object.fromEntries(examples.map(({ file, code }) => [file, code])),
  })
})

/** Returns the programs of a page. A block without imports continues the block before it. */
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
    expect(compilerOutput.split('\n').filter(line => line.startsWith(file))).toEqual([])
  })

  it('is the only source of compiler errors', () => {
    expect(compilerOutput).toBe('')
  })
})
