// vault write transit/sign: https://developer.hashicorp.com/vault/api-docs/secret/transit#sign-data. "input=-" reads stdin.
import { readInput, signed } from './stand-in.mjs'

const expected = ['write', '-field=signature', 'transit/sign/okta/sha2-256', 'marshaling_algorithm=jws', 'input=-']
if (process.argv.slice(2).join(' ') !== expected.join(' ')) throw new Error(`usage: ${expected.join(' ')}`)
const input = Buffer.from(readInput().toString(), 'base64')
// Vault prints no line end to a pipe.
process.stdout.write(`vault:v1:${signed(input, 'ieee-p1363').toString('base64url')}`)
