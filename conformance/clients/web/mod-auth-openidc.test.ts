import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { describeWebApp } from './describe-web-app.js'

const { apache = '', modAuthOpenidc = '' } = inject('systemNeeds')

describeWebApp({
  name: 'mod_auth_openidc with Apache',
  isMissing: !apache || !modAuthOpenidc,
  callbackPath: '/login/callback',
  signOutPath: url => `/login/callback?logout=${encodeURIComponent(`${url}/`)}`,
  signedOutPath: '/',
  method: 'client_secret_basic',
  requests: [
    'GET /.well-known/openid-configuration 200',
    'GET /oauth2/v1/authorize 302',
    'POST /oauth2/v1/token 200',
    'GET /oauth2/v1/keys 200',
    'GET /oauth2/v1/userinfo 200',
  ],
  async start(settings, { folder }) {
    await mkdir(join(folder, 'htdocs/login'), { recursive: true })
    await writeFile(join(folder, 'htdocs/index.shtml'), 'Signed out')
    const user = 'Signed in: <!--#echo var="OIDC_CLAIM_sub" --> <!--#echo var="OIDC_CLAIM_name" -->'
    await writeFile(join(folder, 'htdocs/login/index.shtml'), user)
    const configuration = fileURLToPath(new URL('mod_auth_openidc.conf', import.meta.url))
    return {
      // In one process group that ends with SIGTERM.
      command: [apache, '-f', configuration, '-D', 'FOREGROUND'],
      env: { ...settings, FOLDER: folder, MODULES: dirname(modAuthOpenidc) },
    }
  },
})
