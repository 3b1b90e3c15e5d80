// Starts the servers of the Pester tests, and writes their addresses and clients to the file that is named on the command line.
import { createPrivateKey } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { freePort, startOktaEmulator } from '@connect-okta/emulator'
import { startEchoServer } from './start-echo-server.mjs'

const [file] = process.argv.slice(2)
const redirectUri = `http://localhost:${await freePort()}/login/callback`
const okta = await startOktaEmulator({
  authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
  clients: [
    { kind: 'service' },
    { kind: 'service', dpop: true },
    { kind: 'service', clientSecret: 'a-secret-of-the-emulator' },
    { kind: 'spa', redirectUris: [redirectUri] },
    { kind: 'native' },
  ],
})
const otherOkta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
const [service, dpopService, secretService, spa, native] = okta.clients
const key = createPrivateKey({ key: service.jwk, format: 'jwk' })
const passphrase = 'a passphrase'
const org = {
  url: okta.orgUrl.origin,
  ...{ service, dpopService, secretService, spa, native },
  redirectUri,
  users: okta.users,
  apiToken: okta.apiTokens[0].value,
  encryptedKey: key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }),
  passphrase,
  other: { url: otherOkta.orgUrl.origin, service: otherOkta.client('service') },
  echoUrl: await startEchoServer(),
}
// Renamed, so that the file is complete when it exists.
writeFileSync(`${file}.new`, JSON.stringify(org))
renameSync(`${file}.new`, file)
