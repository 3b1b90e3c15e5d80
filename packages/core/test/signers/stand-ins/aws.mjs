// aws kms sign: https://docs.aws.amazon.com/cli/latest/reference/kms/sign.html
import { readInput, requireCommandLine, signed } from './stand-in.mjs'

requireCommandLine(['kms', 'sign'], {
  'key-id': 'alias/okta',
  message: 'fileb:///dev/stdin',
  'message-type': 'RAW',
  'signing-algorithm': 'ECDSA_SHA_256',
  query: 'Signature',
  output: 'text',
})
console.log(signed(readInput('/dev/stdin'), 'der').toString('base64'))
