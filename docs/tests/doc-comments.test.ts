import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as core from '@connect-okta/core'
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
import type * as core from '@connect-okta/core'
declare global {
  const options: core.ConnectOptions & core.SignInOptions
  const store: core.TokenStore
  const session: core.OktaSession
  const error: core.OktaConnectError
  const tenant: string, clientId: string, jsonWebKey: string
  const privateJwk: core.GeneratedClientKey['privateJwk']
  const browserSession: { pending: core.PendingSignIn }
  const request: Request
  const redirect: (url: URL) => Response
  const server: import('node:events').EventEmitter
  const use: (token: core.AccessToken) => void
  const kms: { sign(key: string, data: Uint8Array): Promise<Uint8Array> }
}
`
const imports = `
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ${Object.keys(core).join(', ')} } from '@connect-okta/core'
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
