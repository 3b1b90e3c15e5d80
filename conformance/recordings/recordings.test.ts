import { startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, describe, expect, it } from 'vitest'
import { type RawRequest, type RawResponse, rawRequest } from '../support/raw-request.js'
import { differencesOf } from './compare.js'
import { readFacts, readHeaderNames } from './fact.js'
import { type Difference, isKnown, knownDifferences, matches } from './known-differences.js'
import { scenarios } from './scenarios/index.js'
import type { Scenario } from './scenarios/scenario.js'
import { printTable } from './table.js'

const facts = await readFacts()
const headerNames = await readHeaderNames()

const found: Difference[] = []
const compared = new Set<string>()

/** Runs a scenario at an org of its own. Returns the differences. */
async function run(scenario: Scenario): Promise<readonly Difference[]> {
  await using okta = await startOktaEmulator()
  const differences: Difference[] = []
  const sendRaw = (request: RawRequest) => rawRequest(okta.localUrl, request)
  const sendAsAdmin = (request: RawRequest) =>
    sendRaw({ ...request, headers: { Authorization: `SSWS ${okta.apiTokens[0]?.value}`, ...request.headers } })
  const compareResponse = (operation: string, request: RawRequest, response: RawResponse) => {
    const fact = facts.get(operation)
    const names = headerNames[fact?.headers ?? '']
    if (fact === undefined || names === undefined) throw new Error(`There is no fact about ${operation}.`)
    compared.add(operation)
    for (const difference of differencesOf(fact, names, request, response)) differences.push({ operation, difference })
  }
  await scenario({
    okta,
    sendRaw,
    compareResponse,
    async send(request) {
      return Object((await sendAsAdmin(request)).json)
    },
    async compare(operation, request) {
      const response = await sendAsAdmin(request)
      compareResponse(operation, request, response)
      return Object(response.json)
    },
  })
  found.push(...differences)
  return differences
}

describe('the emulator, compared with recorded responses of Okta', () => {
  afterAll(() => printTable(facts, compared, found, knownDifferences))

  it.each(Object.entries(scenarios))(
    'answers as recorded, except for known differences: %s',
    async (_name, scenario) => {
      const differences = await run(scenario)
      expect(differences.filter(difference => !isKnown(difference))).toEqual([])
    },
  )

  it('has no known difference that no longer exists', () => {
    const gone = knownDifferences.filter(known => !found.some(difference => matches(known, difference)))
    expect(gone).toEqual([])
  })

  it('compares each recorded operation', () => {
    expect([...facts.keys()].filter(operation => !compared.has(operation))).toEqual([])
  })
})
