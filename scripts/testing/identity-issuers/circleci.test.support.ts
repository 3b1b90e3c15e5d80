import { randomUUID } from 'node:crypto'
import { delimiter } from 'node:path'
import {
  type Claims,
  type IdentityIssuer,
  type IdentityIssuerOptions,
  type IdentityRequest,
  type IdentityResponse,
  startIdentityIssuer,
} from '../identity-issuer.test.support.js'
import { writeTokenProgram } from './executable.test.support.js'
import { rsaKeys } from './rsa-keys.test.support.js'

/** A job of a pipeline. Default: the branch `main` of the project. */
export interface CircleCiJob {
  readonly projectId?: string
  readonly vcsOrigin?: string
  readonly vcsRef?: string
  readonly contextIds?: readonly string[]
  readonly isSshRerun?: boolean
  /** Replaces single claims; `undefined` removes one. */
  readonly claims?: Claims
}

export interface CircleCi extends AsyncDisposable {
  readonly issuer: IdentityIssuer
  readonly organizationId: string
  /**
   * Starts a job, and returns its environment variables: `PATH` has `circleci` first, and `CIRCLE_OIDC_TOKEN_V2` has the default
   * token, whose audience is the organization.
   */
  startJob(job?: CircleCiJob): Record<string, string>
}

/**
 * Starts the issuer of a CircleCI organization, and writes `circleci` with the command `run oidc get`.
 *
 * Source: circleci.com/docs, OpenID Connect tokens, and OIDC tokens with custom claims.
 *
 * @param folder for the executable
 */
export async function startCircleCi(folder: string, options: IdentityIssuerOptions = {}): Promise<CircleCi> {
  const organizationId = 'bca4e6b8-3c14-4f8d-b9a4-7e1a4a1b0001'
  const jobs = new Map<string, CircleCiJob>()
  const answer = ({ method, url, headers, body }: IdentityRequest): IdentityResponse | undefined => {
    if (method !== 'POST' || url.pathname !== '/oidc/tokens') return undefined
    const job = jobs.get((headers.authorization ?? '').replace('Token ', ''))
    if (job === undefined) return { status: 401, body: { message: 'Unauthorized' } }
    const { claims = {} } = JSON.parse(body) as { claims?: { aud?: string } }
    return { status: 200, body: { token: tokenOf(job, claims.aud ?? organizationId) } }
  }
  const now = options.now ?? Date.now
  const path = `/org/${organizationId}`
  const keysPath = '/.well-known/jwks-pub.json'
  const issuer = await startIdentityIssuer({ newKey: rsaKeys(1), path, keysPath, ...options, answer })
  const tokenOf = (job: CircleCiJob, aud: string) => {
    const iat = Math.floor(now() / 1000)
    const times = { iat, nbf: undefined, exp: iat + 3600, jti: undefined }
    return issuer.sign({ ...circleCiClaims(organizationId, job), ...times, aud, ...job.claims })
  }
  await writeTokenProgram(folder, 'circleci', programSource)
  return {
    issuer,
    organizationId,
    startJob(job = {}) {
      const access = randomUUID()
      jobs.set(access, job)
      return {
        CI: 'true',
        CIRCLECI: 'true',
        CIRCLE_OIDC_TOKEN_V2: tokenOf(job, organizationId),
        PATH: `${folder}${delimiter}${process.env.PATH}`,
        TOKEN_PROGRAM_URL: `http://127.0.0.1:${issuer.port}/oidc/tokens`,
        TOKEN_PROGRAM_ACCESS: access,
      }
    },
    [Symbol.asyncDispose]: () => issuer.close(),
  }
}

/** The claims of a job, without `iss`, `aud` and the times. There is no `jti`. */
export function circleCiClaims(organizationId: string, job: CircleCiJob = {}): Claims {
  const { projectId = 'a74579f1-2e7d-451e-b009-5c082ad20002', vcsOrigin = 'github.com/acme/payroll' } = job
  const { vcsRef = 'refs/heads/main', contextIds = ['cb32986e-2f6f-4f43-b2bd-d3c2fd980003'], isSshRerun = false } = job
  const user = '0f1e2d3c-0000-4000-8000-000000000004'
  return {
    sub: `org/${organizationId}/project/${projectId}/user/${user}/vcs-origin/${vcsOrigin}/vcs-ref/${vcsRef}`,
    'oidc.circleci.com/project-id': projectId,
    'oidc.circleci.com/vcs-origin': vcsOrigin,
    'oidc.circleci.com/vcs-ref': vcsRef,
    'oidc.circleci.com/context-ids': contextIds,
    'oidc.circleci.com/ssh-rerun': isSshRerun,
  }
}

const programSource = `args => {
  if (args.slice(0, 3).join(' ') !== 'run oidc get') return undefined
  const at = args.indexOf('--claims')
  return at === -1 ? {} : { claims: JSON.parse(args[at + 1]) }
}`
