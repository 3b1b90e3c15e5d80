import { chmod, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const emulator = pathToFileURL(createRequire(import.meta.url).resolve('@connect-okta/emulator')).href

// What BROWSER names: a program that gets the address and signs in, as a person would. What it was started with goes
// into a file, for a test to look at.
const program = `#!${process.execPath}
import { writeFileSync } from 'node:fs'
import { openedAddress, ScriptedBrowser } from ${JSON.stringify(emulator)}
const { LOGIN: login, PASSWORD: password, SEEN } = process.env
const url = openedAddress(process.argv[2])
writeFileSync(SEEN, JSON.stringify({ url, env: process.env }))
await new ScriptedBrowser({ orgUrl: new URL(url.origin) }).visit(url, { login, password })
`

/** Writes the program and returns the environment that makes the command line use it. */
export async function scriptedBrowser(folder: string, user: { login: string; password: string }) {
  const path = join(folder, 'browser.mjs')
  await writeFile(path, program)
  await chmod(path, 0o755)
  return { BROWSER: path, LOGIN: user.login, PASSWORD: user.password, SEEN: join(folder, 'seen.json') }
}
