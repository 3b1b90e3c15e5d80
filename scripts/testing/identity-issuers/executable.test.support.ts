import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes a small program that gets a token from an HTTP server and prints it, as the programs of CI platforms do.
 *
 * @param source the JavaScript that returns the JSON to send, or `undefined` if the arguments are wrong
 */
export async function writeTokenProgram(folder: string, name: string, source: string): Promise<void> {
  const text = `#!${process.execPath}
const { request } = require('node:http')
const { argv, env, exit, stderr, stdout } = process
const fail = message => { stderr.write(message + '\\n'); exit(1) }
const body = (${source})(argv.slice(2), env)
if (body === undefined) fail('wrong arguments: ' + argv.slice(2).join(' '))
const headers = { authorization: 'Token ' + env.TOKEN_PROGRAM_ACCESS, 'content-type': 'application/json' }
const outgoing = request(env.TOKEN_PROGRAM_URL, { method: 'POST', headers }, response => {
  let text = ''
  response.on('data', chunk => { text += chunk }).on('end', () => {
    if (response.statusCode !== 200) fail('status ' + response.statusCode)
    else stdout.write(JSON.parse(text).token + '\\n')
  })
})
outgoing.on('error', error => fail(error.message)).end(JSON.stringify(body))
`
  await writeFile(join(folder, name), text, { mode: 0o755 })
}
