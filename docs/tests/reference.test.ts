import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generated } from '../src/generate.mjs'
import { root } from '../src/pages.mjs'

const pages: readonly (readonly [string, () => Promise<string>])[] = Object.entries(generated)

describe('a generated page (npm run docs -- --generate)', () => {
  it.each(pages)('docs/%s is up to date', async (path, make) => {
    expect(await readFile(join(root, 'docs', path), 'utf8')).toBe(await make())
  })
})
