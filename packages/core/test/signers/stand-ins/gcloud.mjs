// gcloud kms asymmetric-sign: https://cloud.google.com/sdk/gcloud/reference/kms/asymmetric-sign. It writes the bytes of the signature.
import { readInput, requireCommandLine, signed } from './stand-in.mjs'

requireCommandLine(['kms', 'asymmetric-sign'], {
  location: 'global',
  keyring: 'okta',
  key: 'okta',
  version: '1',
  'digest-algorithm': 'sha256',
  'input-file': '/dev/stdin',
  'signature-file': '-',
})
process.stdout.write(signed(readInput('/dev/stdin'), 'der'))
