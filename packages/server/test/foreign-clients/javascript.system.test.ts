import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { describeClients } from './support/describe-clients.test.support.js'

const isMissing = inject('systemNeeds').openssl === undefined
const node = (program: URL) => [process.execPath, fileURLToPath(program)] as const

describeClients([
  {
    name: 'openid-client 6',
    isMissing,
    command: node(new URL('javascript/openid-client-6.mjs', import.meta.url)),
    methods: ['default', 'client_secret_basic', 'client_secret_post', 'private_key_jwt', 'identity'],
  },
  {
    name: 'openid-client 5',
    isMissing,
    command: node(new URL('javascript/openid-client-5.mjs', import.meta.url)),
    methods: ['default', 'client_secret_post', 'private_key_jwt', 'identity'],
  },
  {
    name: '@badgateway/oauth2-client',
    isMissing,
    command: node(new URL('javascript/badgateway-oauth2-client.mjs', import.meta.url)),
    methods: ['client_secret_basic', 'client_secret_post'],
  },
])
