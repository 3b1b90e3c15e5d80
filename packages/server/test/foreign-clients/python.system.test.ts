import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { describeClients } from './support/describe-clients.test.support.js'

const { openssl, authlib, msal, requestsOauthlib } = inject('systemNeeds')
// Debian's packages belong to Debian's Python, which may not be the first on the path.
const python = (program: string) =>
  ['/usr/bin/python3', fileURLToPath(new URL(`python/${program}`, import.meta.url))] as const

describeClients([
  {
    name: 'Authlib',
    isMissing: !openssl || !authlib,
    command: python('authlib_client.py'),
    methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'identity'],
  },
  {
    name: 'requests-oauthlib',
    isMissing: !openssl || !requestsOauthlib,
    command: python('requests_oauthlib_client.py'),
    methods: ['client_secret_basic', 'client_secret_post', 'identity'],
  },
  {
    name: 'MSAL for Python',
    isMissing: !openssl || !msal,
    command: python('msal_client.py'),
    methods: ['client_secret_post', 'private_key_jwt', 'identity'],
  },
])
