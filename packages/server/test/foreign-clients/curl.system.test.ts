import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { describeClients } from './support/describe-clients.test.support.js'

const { openssl, curl, jq } = inject('systemNeeds')

describeClients([
  {
    name: 'curl',
    isMissing: !openssl || !curl || !jq,
    command: ['/bin/sh', fileURLToPath(new URL('shell/curl.sh', import.meta.url))],
    methods: ['client_secret_basic', 'form_encoded_basic', 'client_secret_post', 'identity'],
  },
])
