import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import { startIdentityIssuer } from '../../../../scripts/testing/identity-issuer.test.support.js'
import { createPrivateCertificate } from '../../../../scripts/testing/private-certificate.js'
import { connectionOf, filesOf, startBroker } from '../support/broker.test.support.js'
import { gitVersion, startApiServer } from './support/api-server.test.support.js'
import { run } from './support/run.test.support.js'

const { openssl, kubectl = '' } = inject('systemNeeds')
const cli = fileURLToPath(new URL('../../../cli/dist/main.cjs', import.meta.url))
const audience = 'api://cluster'

describe.skipIf(openssl === undefined || kubectl === '')('kubectl', () => {
  let folder: string
  let okta: OktaEmulator
  let apiServer: Awaited<ReturnType<typeof startApiServer>>
  let env: Readonly<Record<string, string>>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubectl-'))
    okta = await startOktaEmulator({
      authorizationServers: [{ id: 'cluster', audience, scopes: ['kubernetes'] }],
      clients: [{ kind: 'service' }],
    })
    const certificate = createPrivateCertificate({ folder })
    apiServer = await startApiServer(new URL('/oauth2/cluster', okta.orgUrl).href, audience, certificate)

    // The command as npm installs it.
    await mkdir(join(folder, 'bin'))
    await symlink(cli, join(folder, 'bin/connect-okta'))
    const path = [join(folder, 'bin'), dirname(process.execPath), process.env.PATH]
    env = { HOME: folder, PATH: path.join(delimiter) }
  })
  afterAll(async () => {
    apiServer.close()
    await okta.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function login(): Promise<void> {
    const { clientId, jwk } = okta.client('service')
    await writeFile(join(folder, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--jwk-file', join(folder, 'key.json')]
    const server = ['--authorization-server', 'cluster', '--scopes', 'kubernetes']
    const { code, stderr } = await run(['connect-okta', 'login', '--profile', 'cluster', ...app, ...server], { env })
    expect(code, stderr).toBe(0)
  }

  /** Requests the version of the cluster with a kubeconfig as in docs/cli.md. */
  async function getVersion(apiVersion: string, connection = ['--profile', 'cluster', '--interactive']) {
    const args = ['token', ...connection, '--format', 'exec-credential']
    const exec = { apiVersion, command: 'connect-okta', args, interactiveMode: 'IfAvailable' }
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: apiServer.url, 'certificate-authority': 'ca.pem' } }],
      users: [{ name: 'okta', user: { exec } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'okta' } }],
      'current-context': 'test',
    }
    const path = join(folder, 'kubeconfig.yaml')
    await writeFile(path, stringify(kubeconfig))
    return await run([kubectl, '--kubeconfig', path, 'get', '--raw', '/version'], { env })
  }

  /** Whether kubectl is older than 1.22, the first version with `client.authentication.k8s.io/v1`. */
  async function hasOnlyBeta(): Promise<boolean> {
    const { stdout } = await run([kubectl, 'version', '--client', '-o', 'json'], { env })
    return Number.parseInt(JSON.parse(stdout).clientVersion.minor, 10) < 22
  }

  it.for(['v1beta1', 'v1'])('sends the token of the CLI with %s', async (version, context) => {
    context.skip(version === 'v1' && (await hasOnlyBeta()), 'This kubectl is older than 1.22.')
    await login()
    const { code, stdout, stderr } = await getVersion(`client.authentication.k8s.io/${version}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ gitVersion })
  })

  it('sends a token of the broker, which the CLI gets with an identity token', async () => {
    await using issuer = await startIdentityIssuer()
    const settings = { authorizationServer: 'cluster', scopes: ['kubernetes'] }
    const identity = { issuer: issuer.issuer, claims: { sub: 'deploy' } }
    await using broker = await startBroker(
      {
        connections: { cluster: connectionOf(okta, okta.client('service'), settings) },
        clients: { deploy: { identity, connections: ['cluster'] } },
      },
      { files: filesOf(okta) },
    )
    const tokenFile = join(folder, 'identity-token')
    await writeFile(tokenFile, issuer.sign({ sub: 'deploy', aud: broker.url }))
    const connection = ['--broker', broker.url, '--client-id', 'deploy', '--identity-token-file', tokenFile]
    const { code, stdout, stderr } = await getVersion('client.authentication.k8s.io/v1beta1', connection)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ gitVersion })
  })

  it('shows the error message of the CLI when Okta rejects the app', async () => {
    await login()
    await run(['connect-okta', 'logout', '--profile', 'cluster'], { env })
    okta.update(okta.client('service').clientId, { active: false })
    const { code, stdout, stderr } = await getVersion('client.authentication.k8s.io/v1beta1')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain("invalid_client: Invalid value for 'client_id' parameter.")
  })
})
