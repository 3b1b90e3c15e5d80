import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { describeClient } from './support/describe-client.test.support.js'

// Debian's packages belong to Debian's Python, which may not be the first on the path.
const python = (name: string) =>
  ['/usr/bin/python3', fileURLToPath(new URL(`python/${name}.py`, import.meta.url))] as const
const { openssl, authlib, msal, requestsOauthlib } = inject('systemNeeds')

describeClient({
  name: 'Authlib',
  isMissing: !openssl || !authlib,
  command: python('authlib_client'),
  methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
})

describeClient({
  name: 'requests-oauthlib',
  isMissing: !openssl || !requestsOauthlib,
  command: python('requests_oauthlib_client'),
  methods: ['client_secret_basic', 'client_secret_post'],
})

describeClient({
  name: 'MSAL for Python',
  isMissing: !openssl || !msal,
  command: python('msal_client'),
  methods: ['client_secret_post'],
})
