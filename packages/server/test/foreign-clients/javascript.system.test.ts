import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { describeClient } from './support/describe-client.test.support.js'

const { openssl } = inject('systemNeeds')
const node = (program: URL) => [process.execPath, fileURLToPath(program)] as const

describeClient({
  name: 'openid-client 6',
  isMissing: !openssl,
  command: node(new URL('javascript/openid-client-6.mjs', import.meta.url)),
  methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
})

describeClient({
  name: 'openid-client 5',
  isMissing: !openssl,
  command: node(new URL('javascript/openid-client-5.mjs', import.meta.url)),
  methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
})

describeClient({
  name: '@badgateway/oauth2-client',
  isMissing: !openssl,
  command: node(new URL('javascript/badgateway-oauth2-client.mjs', import.meta.url)),
  methods: ['client_secret_basic', 'client_secret_post'],
})
