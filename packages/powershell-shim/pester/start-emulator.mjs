// Starts an emulated Okta org for the Pester tests and writes its address and its clients to the file that is named on the command line.
import { createPrivateKey } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { startOktaEmulator } from '@connect-okta/emulator'

const [file] = process.argv.slice(2)
const okta = await startOktaEmulator({
  authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
  clients: [
    { kind: 'service' },
    { kind: 'service', dpop: true },
    { kind: 'service', clientSecret: 'a-secret-of-the-emulator' },
  ],
})
const key = createPrivateKey({ key: okta.clients[0].jwk, format: 'jwk' })
const passphrase = 'a passphrase'
const encryptedKey = key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase })
// Renamed, so that the file is complete when it exists.
writeFileSync(
  `${file}.new`,
  JSON.stringify({ orgUrl: okta.orgUrl.origin, clients: okta.clients, encryptedKey, passphrase }),
)
renameSync(`${file}.new`, file)
