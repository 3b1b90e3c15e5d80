import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { PrivateCertificate } from '../../../../../scripts/testing/private-certificate.js'

/** The Kubernetes version that the server reports to clients with a valid token. */
export const gitVersion = 'v1.2.3-test'

/** Starts a server that verifies bearer tokens as a Kubernetes API server with `--oidc-issuer-url` does. */
export async function startApiServer(issuer: string, audience: string, { cert, key }: PrivateCertificate) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/v1/keys`))
  const server = createServer({ cert, key }, async (request, response) => {
    const [, token = ''] = /^Bearer (.*)$/.exec(request.headers.authorization ?? '') ?? []
    const isValid = await jwtVerify(token, keys, { issuer, audience }).then(
      () => true,
      () => false,
    )
    const failure = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 401, reason: 'Unauthorized' }
    response.writeHead(isValid ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isValid ? { gitVersion } : failure))
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  }
}
