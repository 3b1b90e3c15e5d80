import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { describeWebApp } from './describe-web-app.js'

const { authlib, flask } = inject('systemNeeds')

describeWebApp({
  name: 'Authlib with Flask',
  isMissing: !authlib || !flask,
  callbackPath: '/callback',
  signedOutPath: '/',
  method: 'client_secret_basic',
  requests: [
    'GET /.well-known/openid-configuration 200',
    'GET /oauth2/v1/authorize 302',
    'POST /oauth2/v1/token 200',
    'GET /oauth2/v1/keys 200',
  ],
  start: env => ({
    command: ['/usr/bin/python3', fileURLToPath(new URL('authlib_flask.py', import.meta.url))],
    env,
  }),
})
