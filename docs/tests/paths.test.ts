import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../src/pages.mjs'

const text = await readFile(join(root, 'docs/architecture.md'), 'utf8')
// Code with a slash or a file extension. NAME and AREA stand for any name.
const paths = [...text.matchAll(/`([\w./-]+(?:\/|\/[\w.-]+|\.(?:ts|mjs|json|md|ps1|psd1|psm1)))`/g)]
  .map(([, path = '']) => path)
  .filter(path => !/\b(NAME|AREA|SUBPATH|Verb-OktaNoun)\b|^\/|^@|^npm/.test(path))
const folders = [
  '',
  'packages',
  'packages/core/src',
  'packages/cli/src',
  'packages/server/src',
  'packages/powershell-shim',
  'packages/powershell-shim/src',
  'packages/powershell-shim/module/ConnectOkta',
  'packages/core/src/oauth/grants',
  'packages/core/src/keys/signers',
  'packages/core/src/config',
]

describe('docs/architecture.md', () => {
  it.each([...new Set(paths)])('names %s, which exists', path => {
    expect(folders.some(folder => existsSync(join(root, folder, path)))).toBe(true)
  })

  it('names at least forty files and folders', () => {
    expect(new Set(paths).size).toBeGreaterThan(40)
  })
})
