// Signs a user in at the address on the command line, or enters a device code there, in place of a browser.
import { openedAddress, ScriptedBrowser } from '@connect-okta/emulator'

const [address, login, password] = process.argv.slice(2)
const url = openedAddress(address)
const browser = new ScriptedBrowser({ orgUrl: new URL(url.origin) })
await (url.pathname.startsWith('/activate')
  ? browser.activate(url, { login, password })
  : browser.visit(url, { login, password }))
