import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, inject } from 'vitest'
import { run } from '../support/program.js'
import { describeWebApp } from './describe-web-app.js'

const { aspnetCorePackages = '' } = inject('systemNeeds')
const source = fileURLToPath(new URL('aspnet-core/app.cs', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'aspnet-core-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const dotnet = { XDG_DATA_HOME: folder, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' }

describeWebApp({
  name: 'ASP.NET Core',
  isMissing: !aspnetCorePackages,
  // For the cookies of a response with `form_post`.
  scheme: 'https',
  callbackPath: '/signin-oidc',
  signedOutPath: '/signout-callback-oidc',
  method: 'client_secret_post',
  pushesRequests: true,
  requests: [
    'GET /.well-known/openid-configuration 200',
    'GET /oauth2/v1/keys 200',
    'POST /oauth2/v1/par 200',
    'GET /oauth2/v1/authorize 302',
    'POST /oauth2/v1/token 200',
    'GET /oauth2/v1/userinfo 200',
  ],
  async prepare() {
    // The packages are in this folder, so that nothing is downloaded.
    const packages = ['-p:NuGetAudit=false', `-p:RestorePackagesPath=${aspnetCorePackages}`]
    const command = ['dotnet', 'build', source, '-v', 'quiet', '-o', join(folder, 'app'), ...packages] as const
    const { code, stdout, stderr } = await run({ command, env: dotnet })
    if (code !== 0) throw new Error(`dotnet build failed:\n${stdout}${stderr}`)
  },
  start(settings, { certificate }) {
    return {
      command: ['dotnet', join(folder, 'app/app.dll')],
      cwd: folder,
      env: {
        ...dotnet,
        SSL_CERT_FILE: settings.SSL_CERT_FILE ?? '',
        OpenIDConnectSettings__Authority: settings.ORG_URL ?? '',
        OpenIDConnectSettings__ClientId: settings.CLIENT_ID ?? '',
        OpenIDConnectSettings__ClientSecret: settings.CLIENT_SECRET ?? '',
        ASPNETCORE_URLS: settings.APP_URL ?? '',
        ASPNETCORE_Kestrel__Certificates__Default__Path: certificate.certPath,
        ASPNETCORE_Kestrel__Certificates__Default__KeyPath: certificate.keyPath,
      },
    }
  },
})
