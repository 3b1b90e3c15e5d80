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

// What an example takes from its surroundings: the runner's expect, and the person whom a web server sent to Okta.
const surroundings = {
  'runner.ts': "declare global { const expect: typeof import('vitest').expect }\n",
  'browser.ts': 'export declare const redirectedFrom: (url: URL) => Promise<URL>\n',
}
const pages: readonly { path: string; blocks: readonly Block[] }[] = await readPages()
// The reference shows signatures, which are no programs; what is in comments besides has a test of its own.
const examples = pages.filter(({ path }) => !path.startsWith('docs/reference/')).flatMap(examplesOf)
let said: string

beforeAll(async () => {
  said = await typeCheck({ ...surroundings, ...Object.fromEntries(examples.map(({ file, code }) => [file, code])) })
})

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
