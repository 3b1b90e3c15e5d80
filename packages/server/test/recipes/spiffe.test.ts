import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Spiffe, startSpiffe } from '../../../../scripts/testing/identity-issuers/spiffe.test.support.js'
import { documentedRecipe } from './support/documented-recipe.test.support.js'
import { brokerUrl, type Recipe, startRecipe } from './support/recipe.test.support.js'

const documentedPath = '/run/connect-okta/token'

let spiffe: Spiffe
let recipe: Recipe
let command: string

beforeAll(async () => {
  spiffe = await startSpiffe()
  const { broker, commands } = await documentedRecipe('SPIFFE')
  command = commands.find(text => text.includes(documentedPath)) ?? ''
  recipe = await startRecipe({ config: broker, files: { 'bundle.json': JSON.stringify(spiffe.bundle()) } })
})
afterAll(async () => {
  await recipe?.[Symbol.asyncDispose]()
  await spiffe[Symbol.asyncDispose]()
})

async function run(svid: string) {
  const path = join(await mkdtemp(join(tmpdir(), 'svid-')), 'token')
  await writeFile(path, svid)
  return await recipe.runScript(command.replace(documentedPath, path))
}

const id = '/ns/prod/sa/payroll'

describe('a workload with a JWT-SVID', () => {
  it('calls the API of Okta', async () => {
    const ended = await run(spiffe.svid(id, brokerUrl))
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"login"') })
  })

  it.each([
    ['it has another SPIFFE ID', '/ns/prod/sa/payroll2', {}],
    ['its SPIFFE ID begins with the one of the rule', `${id}/x`, {}],
    ['it is of another trust domain', id, { sub: `spiffe://example.net${id}` }],
  ])('is rejected when %s', async (_when, path, claims) => {
    expect(await run(spiffe.svid(path, brokerUrl, claims))).toMatchObject({ code: 4, stdout: '' })
  })

  it('is rejected when another trust domain has signed it', async () => {
    const other = await startSpiffe()
    await other.issuer.close()
    expect(await run(other.svid(id, brokerUrl))).toMatchObject({ code: 4, stdout: '' })
  })

  it('does not send an SVID that has several audiences', async () => {
    const { code, stderr } = await run(spiffe.svid(id, [brokerUrl, 'https://other.example.com']))
    expect(code).toBe(2)
    expect(stderr).toContain('https://other.example.com')
  })
})
