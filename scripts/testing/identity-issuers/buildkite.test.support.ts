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

/** A job of a build. Default: the branch `main` of `acme/payroll`. */
export interface BuildkiteJob {
  readonly organizationSlug?: string
  readonly organizationId?: string
  readonly pipelineSlug?: string
  readonly pipelineId?: string
  readonly branch?: string
  readonly tag?: string
  readonly stepKey?: string
  /** Replaces single claims; `undefined` removes one. */
  readonly claims?: Claims
}

export interface Buildkite extends AsyncDisposable {
  readonly issuer: IdentityIssuer
  /** Starts a job, and returns its environment variables. `PATH` has `buildkite-agent` first. */
  startJob(job?: BuildkiteJob): Record<string, string>
}

/**
 * Starts the issuer of Buildkite, and writes `buildkite-agent` with the command `oidc request-token`.
 *
 * Source: buildkite.com/docs/agent/cli/reference/oidc; clicommand/oidc_request_token.go of the agent.
 *
 * @param folder for the executable
 */
export async function startBuildkite(folder: string, options: IdentityIssuerOptions = {}): Promise<Buildkite> {
  const jobs = new Map<string, BuildkiteJob>()
  const answer = ({ method, url, headers, body }: IdentityRequest): IdentityResponse | undefined => {
    if (method !== 'POST' || url.pathname !== '/oidc/tokens') return undefined
    const job = jobs.get((headers.authorization ?? '').replace('Token ', ''))
    if (job === undefined) return { status: 401, body: { message: 'Unauthorized' } }
    const { audience, claims = [] } = JSON.parse(body) as { audience?: string; claims?: string[] }
    const aud = audience ?? `https://buildkite.com/${job.organizationSlug ?? 'acme'}`
    const token = issuer.sign({ ...buildkiteClaims(job, claims), aud, jti: undefined, ...job.claims })
    return { status: 200, body: { token } }
  }
  const issuer = await startIdentityIssuer({ newKey: rsaKeys(6), ...options, answer })
  await writeTokenProgram(folder, 'buildkite-agent', agentSource)
  return {
    issuer,
    startJob(job = {}) {
      const access = randomUUID()
      jobs.set(access, job)
      return {
        CI: 'true',
        BUILDKITE: 'true',
        BUILDKITE_JOB_ID: '0184990a-477b-4fa8-9968-496074483cee',
        PATH: `${folder}${delimiter}${process.env.PATH}`,
        TOKEN_PROGRAM_URL: `http://127.0.0.1:${issuer.port}/oidc/tokens`,
        TOKEN_PROGRAM_ACCESS: access,
      }
    },
    [Symbol.asyncDispose]: () => issuer.close(),
  }
}

/** The claims of a job, without `iss`, `aud` and the times. The ids are included only if they are requested. */
export function buildkiteClaims(job: BuildkiteJob = {}, requested: readonly string[] = []): Claims {
  const { organizationSlug = 'acme', pipelineSlug = 'payroll', branch = 'main', tag, stepKey = 'deploy' } = job
  const ids: Readonly<Record<string, string>> = {
    organization_id: job.organizationId ?? '0184990a-477b-4fa8-9968-496074483001',
    pipeline_id: job.pipelineId ?? '0184990a-4782-42b5-afc1-16715b10b002',
  }
  const ref = tag === undefined ? `refs/heads/${branch}` : `refs/tags/${tag}`
  return {
    sub: `organization:${organizationSlug}:pipeline:${pipelineSlug}:ref:${ref}:commit:c0ffee:step:${stepKey}`,
    organization_slug: organizationSlug,
    pipeline_slug: pipelineSlug,
    build_number: 1,
    build_branch: branch,
    ...(tag !== undefined && { build_tag: tag }),
    build_commit: 'c0ffee',
    step_key: stepKey,
    job_id: '0184990a-477b-4fa8-9968-496074483cee',
    agent_id: '0184990a-4782-42b5-afc1-16715b10b8ff',
    ...Object.fromEntries(requested.filter(name => name in ids).map(name => [name, ids[name]])),
  }
}

// A list can be one value with commas, or several options.
const agentSource = `(args, env) => {
  if (args[0] !== 'oidc' || args[1] !== 'request-token' || env.BUILDKITE_JOB_ID === undefined) return undefined
  const valuesOf = name => args.flatMap((arg, index) =>
    arg === name ? [args[index + 1]] : arg.startsWith(name + '=') ? [arg.slice(name.length + 1)] : [])
  const claims = [...valuesOf('--claim'), env.BUILDKITE_OIDC_TOKEN_CLAIMS ?? ''].join(',').split(',').filter(Boolean)
  return { audience: valuesOf('--audience').at(-1), claims }
}`
