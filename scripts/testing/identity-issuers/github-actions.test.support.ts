import { randomUUID } from 'node:crypto'
import {
  type Claims,
  type IdentityIssuer,
  type IdentityIssuerOptions,
  type IdentityRequest,
  type IdentityResponse,
  startIdentityIssuer,
} from '../identity-issuer.test.support.js'
import { rsaKeys } from './rsa-keys.test.support.js'

/** A job of a workflow run. Default: a push to `main` of `octo-org/octo-repo`, in no environment. */
export interface GitHubJob {
  readonly owner?: string
  readonly ownerId?: string
  readonly repository?: string
  readonly repositoryId?: string
  readonly eventName?: string
  /** The full ref, such as `refs/tags/v1`. */
  readonly ref?: string
  readonly environment?: string
  /** The source branch of a pull request. */
  readonly headRef?: string
  /** The target branch of a pull request. */
  readonly baseRef?: string
  /** Whether `sub` has the ids of owner and repository, as in repositories created, renamed or transferred after July 15, 2026. */
  readonly isSubjectImmutable?: boolean
  /** Replaces single claims; `undefined` removes one. */
  readonly claims?: Claims
}

export interface GitHubActions extends AsyncDisposable {
  readonly issuer: IdentityIssuer
  /** Starts a job, and returns the environment variables of a step in it. */
  startJob(job?: GitHubJob): Record<string, string>
  /** The audiences that jobs have requested; `undefined` for the default one. */
  readonly requestedAudiences: readonly (string | undefined)[]
}

/**
 * Starts the issuer of GitHub Actions with its endpoint for the tokens of jobs.
 *
 * Source: docs.github.com, Actions > Reference > Security > OIDC.
 */
export async function startGitHubActions(options: IdentityIssuerOptions = {}): Promise<GitHubActions> {
  const jobs = new Map<string, GitHubJob>()
  const requestedAudiences: (string | undefined)[] = []
  const answer = ({ method, url, headers }: IdentityRequest): IdentityResponse | undefined => {
    if (method !== 'GET' || url.pathname !== '/jobs/idtoken') return undefined
    const [scheme, value = ''] = (headers.authorization ?? '').split(' ')
    const job = jobs.get(value)
    if (scheme?.toLowerCase() !== 'bearer' || job === undefined)
      return { status: 401, body: { message: 'Unauthorized' } }
    const audience = url.searchParams.get('audience') ?? undefined
    requestedAudiences.push(audience)
    const idToken = issuer.sign({
      ...githubClaims(job),
      ...(audience !== undefined && { aud: audience }),
      ...job.claims,
    })
    return { status: 200, body: { count: idToken.length, value: idToken } }
  }
  const issuer = await startIdentityIssuer({ newKey: rsaKeys(), ...options, answer })
  return {
    issuer,
    requestedAudiences,
    startJob(job = {}) {
      const requestToken = randomUUID()
      jobs.set(requestToken, job)
      return {
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${issuer.port}/jobs/idtoken?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
      }
    },
    [Symbol.asyncDispose]: () => issuer.close(),
  }
}

/** The claims of a job, without `iss`, `jti` and the times. */
export function githubClaims(job: GitHubJob = {}): Claims {
  const { owner = 'octo-org', ownerId = '99', repository = 'octo-repo', repositoryId = '1234' } = job
  const { eventName = 'push', ref = 'refs/heads/main', environment, headRef = '', baseRef = '' } = job
  const { isSubjectImmutable = false } = job
  const name = `${owner}/${repository}`
  const subject = isSubjectImmutable ? `${owner}@${ownerId}/${repository}@${repositoryId}` : name
  const context =
    environment !== undefined
      ? `environment:${environment.replaceAll(':', '%3A')}`
      : eventName === 'pull_request'
        ? 'pull_request'
        : `ref:${ref}`
  const workflow = `${name}/.github/workflows/deploy.yml@${ref}`
  return {
    sub: `repo:${subject}:${context}`,
    aud: `https://github.com/${owner}`,
    actor: 'octocat',
    actor_id: '12',
    base_ref: baseRef,
    ...(environment !== undefined && { environment }),
    event_name: eventName,
    head_ref: headRef,
    job_workflow_ref: workflow,
    job_workflow_sha: 'c0ffee',
    ref,
    ref_protected: 'true',
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository: name,
    repository_id: repositoryId,
    repository_owner: owner,
    repository_owner_id: ownerId,
    repository_visibility: 'private',
    run_attempt: '1',
    run_id: '5678',
    run_number: '10',
    runner_environment: 'github-hosted',
    sha: 'c0ffee',
    workflow: 'deploy',
    workflow_ref: workflow,
    workflow_sha: 'c0ffee',
  }
}

/** A run for a pull request of a fork, with the workflow and the `ref` of the base branch. */
export const pullRequestTarget: GitHubJob = {
  eventName: 'pull_request_target',
  ref: 'refs/heads/main',
  headRef: 'change',
  baseRef: 'main',
}

/** A run after another workflow, which may have been started by a fork. Its `ref` is the default branch. */
export const workflowRun: GitHubJob = { eventName: 'workflow_run', ref: 'refs/heads/main' }
