/** The source of a program for the variable BROWSER. It signs the user in at the emulator. */
export function browserProgram(user: { readonly login: string; readonly password: string } | undefined): string {
  const emulator = new URL('../../packages/emulator/dist/index.js', import.meta.url).href
  return `#!${process.execPath}
import { openedAddress, ScriptedBrowser } from ${JSON.stringify(emulator)}
const url = openedAddress(process.argv[2])
await new ScriptedBrowser({ orgUrl: new URL(url.origin) }).visit(url, ${JSON.stringify(user)})
`
}
