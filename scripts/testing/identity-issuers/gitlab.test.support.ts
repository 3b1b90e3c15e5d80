import {
  type Claims,
  type IdentityIssuer,
  type IdentityIssuerOptions,
  startIdentityIssuer,
} from '../identity-issuer.test.support.js'
import { rsaKeys } from './rsa-keys.test.support.js'

/** A job of a pipeline. Default: a push to the protected branch `main` of `acme/payroll`, with a time-out of an hour. */
export interface GitLabJob {
  readonly projectPath?: string
  readonly projectId?: string
  readonly namespaceId?: string
  readonly ref?: string
  readonly refType?: 'branch' | 'tag'
  readonly isRefProtected?: boolean
  readonly pipelineSource?: string
  readonly environment?: string
  readonly timeoutSeconds?: number
  /** Replaces single claims; `undefined` removes one. */
  readonly claims?: Claims
}

export interface GitLab extends AsyncDisposable {
  readonly issuer: IdentityIssuer
  /**
   * Starts a job, and returns its environment variables.
   *
   * @param idTokens the `id_tokens` of the job: variable names, and their `aud`
   */
  startJob(idTokens: Readonly<Record<string, string | readonly string[]>>, job?: GitLabJob): Record<string, string>
}

/**
 * Starts the issuer of a GitLab instance.
 *
 * Source: docs.gitlab.com, CI/CD > Secrets > OpenID Connect authentication using ID tokens; lib/gitlab/ci/jwt_v2.rb.
 */
export async function startGitLab(options: IdentityIssuerOptions = {}): Promise<GitLab> {
  const issuer = await startIdentityIssuer({ newKey: rsaKeys(2), keysPath: '/oauth/discovery/keys', ...options })
  const now = options.now ?? Date.now
  return {
    issuer,
    startJob(idTokens, job = {}) {
      const iat = Math.floor(now() / 1000)
      const times = { iat, nbf: iat - 5, exp: iat + (job.timeoutSeconds ?? 3600) }
      const token = (aud: string | readonly string[]) =>
        issuer.sign({ ...gitlabClaims(job), ...times, aud, ...job.claims })
      const tokens = Object.entries(idTokens).map(([name, aud]) => [name, token(aud)])
      return { CI: 'true', GITLAB_CI: 'true', CI_SERVER_URL: issuer.issuer, ...Object.fromEntries(tokens) }
    },
    [Symbol.asyncDispose]: () => issuer.close(),
  }
}

/** The claims of a job, without `iss`, `aud`, `jti` and the times. Numbers and booleans are texts, except for `runner_id`. */
export function gitlabClaims(job: GitLabJob = {}): Claims {
  const { projectPath = 'acme/payroll', projectId = '1234', namespaceId = '99', ref = 'main', refType = 'branch' } = job
  const { isRefProtected = true, pipelineSource = 'push', environment } = job
  const refPath = `refs/${refType === 'tag' ? 'tags' : 'heads'}/${ref}`
  return {
    sub: `project_path:${projectPath}:ref_type:${refType}:ref:${ref}`,
    namespace_id: namespaceId,
    namespace_path: projectPath.split('/').slice(0, -1).join('/'),
    project_id: projectId,
    project_path: projectPath,
    user_id: '12',
    user_login: 'ada',
    user_email: 'ada@example.com',
    user_access_level: 'maintainer',
    pipeline_id: '455',
    pipeline_source: pipelineSource,
    job_id: '1123',
    ref,
    ref_type: refType,
    ref_path: refPath,
    ref_protected: String(isRefProtected),
    ...(environment !== undefined && { environment, environment_protected: 'true', deployment_tier: 'production' }),
    runner_id: 1,
    runner_environment: 'gitlab-hosted',
    sha: 'c0ffee',
    project_visibility: 'private',
    ci_config_ref_uri: `gitlab.example.com/${projectPath}//.gitlab-ci.yml@${refPath}`,
    ci_config_sha: 'c0ffee',
  }
}
