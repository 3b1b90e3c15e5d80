import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { startEmulatorProcess } from '../emulator-process.js'
import { startBrokerProcess } from '../load/broker-process.js'
import { startLoadProcess } from '../load/load-process.js'
import type { Row } from '../row.js'

const amount = 4_000
const issuer = 'https://identity.example.com'
const audience = 'http://localhost:1'
const client = 'by-identity'

/** A token for the identity token of a platform, whose keys are in memory, compared with one for a secret. */
export const brokerIdentity: Row = {
  name: `Broker: ${amount.toLocaleString('en')} cached tokens, 20 at a time, by identity token`,
  ours: 'an identity token, RS256',
  reference: 'a client secret',
  budget: 2.5,
  pairs: 10,
  async prepare() {
    const emulator = await startEmulatorProcess()
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }] }
    const broker = await startBrokerProcess(emulator, {
      files: { 'issuer.json': JSON.stringify(jwks) },
      settings: {
        issuer: audience,
        issuers: { [issuer]: { jwks: { file: 'issuer.json' } } },
        clients: { [client]: { identity: { issuer, claims }, connections: ['users'] } },
      },
    })
    const token = { ...claims, aud: audience, iss: issuer, sub: 'repo:example/app', event_name: 'push' }
    const assertion = await new SignJWT(token)
      .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
      .setIssuedAt()
      .setExpirationTime('50m')
      .sign(privateKey)
    const identity = new URLSearchParams({
      client_id: client,
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    const load = startLoadProcess()
    const [authorization = ''] = broker.authorizations
    const form = 'grant_type=client_credentials&scope=okta.users.read'
    const job = async (credential: object, body: string) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', ...credential }
      const request = { url: `${broker.url}/oauth2/token`, method: 'POST' as const, headers, body }
      const { p99Ms } = await load.run({ ...request, connections: 20, amount })
      return { p99Ms }
    }
    const ours = () => job({}, `${form}&${identity}`)
    const reference = () => job({ authorization }, form)
    // Runs until the code is compiled by the optimizing compiler.
    for (const side of [ours, reference, ours, reference]) await side()
    return {
      ours,
      reference,
      async close() {
        await load.close()
        await broker.close()
        await emulator.close()
      },
    }
  },
}

const claims = { repository_id: '1234', repository_owner_id: '99', ref: 'refs/heads/main', environment: 'production' }
