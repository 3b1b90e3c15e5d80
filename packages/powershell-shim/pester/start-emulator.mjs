// Starts an emulated Okta org for the Pester tests and writes its address and its clients to the file that is named on the command line.
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
// Renamed, so that the file is complete when it exists.
writeFileSync(`${file}.new`, JSON.stringify({ orgUrl: okta.orgUrl.origin, clients: okta.clients }))
renameSync(`${file}.new`, file)
