import { fileURLToPath } from 'node:url'
import { describeWebApp } from './describe-web-app.js'

describeWebApp({
  name: 'passport-openidconnect with Express',
  isMissing: false,
  callbackPath: '/callback',
  method: 'client_secret_post',
  requests: ['GET /oauth2/v1/authorize 302', 'POST /oauth2/v1/token 200'],
  start: env => ({ command: nodeProgram('passport-openidconnect.mjs'), env }),
})

describeWebApp({
  name: 'passport-okta-oauth with Express',
  isMissing: false,
  callbackPath: '/callback',
  // With a colon after `Basic`.
  method: 'client_secret_basic',
  requests: ['GET /oauth2/v1/authorize 302', 'POST /oauth2/v1/token 200', 'POST /oauth2/v1/userinfo 200'],
  start: env => ({ command: nodeProgram('passport-okta-oauth.mjs'), env }),
})

function nodeProgram(name: string) {
  return [process.execPath, fileURLToPath(new URL(name, import.meta.url))] as const
}
