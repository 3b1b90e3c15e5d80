import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { root } from '../src/pages.mjs'
import { typeCheck } from './type-check.test.support.js'

// Each example is in the section of its export, and can use every export of the package.
const reference = await readFile(join(root, 'docs/reference/api.md'), 'utf8')
const examples = reference.split(/^### /m).flatMap(section => {
  const name = /^[\w.]+/.exec(section)?.[0] ?? ''
  const found = [...section.matchAll(/^#+ Examples?\n+```ts\n(.*?)^```$/gms)]
  return found.map(({ 1: code = '' }, index) => ({ name, file: `${name}-${index}.ts`, code }))
})

// The variables that examples use.
const declarations = `
import type { AccessToken, ConnectOptions, OktaConnectError, OktaSession } from '@connect-okta/core'
import type { GeneratedClientKey } from '@connect-okta/core/keys'
import type { PendingSignIn, SignInOptions } from '@connect-okta/core/sign-in'
import type { TokenStore } from '@connect-okta/core/stores'
declare global {
  const options: ConnectOptions & SignInOptions
  const store: TokenStore
  const session: OktaSession
  const error: OktaConnectError
  const tenant: string, clientId: string, jsonWebKey: string
  const privateJwk: GeneratedClientKey['privateJwk']
  const browserSession: { id: string; pending: PendingSignIn }
  const request: Request
  const redirect: (url: URL) => Response
  const server: import('node:events').EventEmitter
  const use: (token: AccessToken) => void
  const kms: { sign(key: string, data: Uint8Array): Promise<Uint8Array> }
}
`
// Every export of the root and of the subpaths.
const { exports } = JSON.parse(await readFile(join(root, 'packages/core/package.json'), 'utf8'))
const codePaths = Object.keys(exports).filter(path => exports[path].default !== undefined)
const modules = codePaths.map(path => path.replace('.', '@connect-okta/core'))
const importOf = async (module: string) => `import { ${Object.keys(await import(module)).join(', ')} } from '${module}'`
const imports = `
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
${(await Promise.all(modules.map(importOf))).join('\n')}
import type { ClientSigner } from '@connect-okta/core/keys'
export async function example() {
`
let compilerOutput: string

beforeAll(async () => {
  const programs = examples.map(({ file, code }) => [file, `${imports}${code}}\n`])
  compilerOutput = await typeCheck({ 'declarations.ts': declarations, ...Object.fromEntries(programs) })
})

describe('an example in a comment', () => {
  it.each(examples.map(({ name, file }) => [name, file] as const))('of %s type-checks', (_name, file) => {
    expect(compilerOutput.split('\n').filter(line => line.startsWith(file))).toEqual([])
  })

  it('is the only source of compiler errors', () => {
    expect(examples.length).toBeGreaterThan(20)
    expect(compilerOutput).toBe('')
  })
})
