import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { describeClient } from './support/describe-client.test.support.js'

const { openssl, curl, jq } = inject('systemNeeds')

describeClient({
  name: 'curl',
  isMissing: !openssl || !curl || !jq,
  command: ['/bin/sh', fileURLToPath(new URL('shell/curl.sh', import.meta.url))],
  methods: ['client_secret_basic', 'client_secret_post'],
})
