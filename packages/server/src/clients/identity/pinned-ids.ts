import { configInvalid } from '../../config/config-file.js'
import type { Client } from '../client.js'
import type { ClaimRule, IdentityRule } from './identity-rule.js'

interface Platform {
  readonly name: string
  /** Names of repositories and projects can be given to others; these ids cannot. */
  readonly ids: readonly string[]
  /** Whether a rule is for this platform, which may run on any host. */
  isFor(rule: IdentityRule): boolean
  /** The issuer that everyone can get tokens of. */
  readonly publicIssuer?: string
  /** The beginnings of claims that name an owner. */
  readonly owners: Readonly<Record<string, RegExp>>
}

const id = /^[^*]+$/
const pathOfOwner = /^[^*/]+(\/|$)/

const platforms: readonly Platform[] = [
  {
    name: 'GitHub Actions',
    ids: ['repository_id', 'repository_owner_id'],
    isFor: ({ issuer, claims }) => hostOf(issuer).startsWith('token.actions.') || hasClaim(claims, 'repository'),
    publicIssuer: 'https://token.actions.githubusercontent.com',
    owners: {
      ...{ repository_id: id, repository_owner_id: id, repository_owner: id, enterprise: id, enterprise_id: id },
      ...{ repository: pathOfOwner, workflow_ref: pathOfOwner, job_workflow_ref: pathOfOwner },
      sub: /^(repo:[^*:/]+\/|[^:*]+:[^*]+$)/,
    },
  },
  {
    name: 'GitLab',
    ids: ['project_id', 'namespace_id'],
    isFor: ({ issuer, claims }) =>
      /(^|\.)gitlab\./.test(hostOf(issuer)) || hasClaim(claims, 'project_path') || hasClaim(claims, 'namespace_path'),
    publicIssuer: 'https://gitlab.com',
    owners: {
      ...{ project_id: id, namespace_id: id, root_namespace_id: id, runner_id: id },
      ...{ project_path: pathOfOwner, namespace_path: pathOfOwner },
      sub: /^project_path:[^*:/]+\//,
    },
  },
  {
    name: 'Buildkite',
    ids: ['organization_id', 'pipeline_id'],
    isFor: ({ issuer }) => hostOf(issuer) === 'agent.buildkite.com',
    publicIssuer: 'https://agent.buildkite.com',
    owners: { organization_id: id, pipeline_id: id, organization_slug: id, sub: /^organization:[^*:]+:/ },
  },
  {
    name: 'CircleCI',
    ids: ['oidc.circleci.com/project-id'],
    isFor: ({ issuer }) => hostOf(issuer) === 'oidc.circleci.com',
    // Its issuer names the organization.
    owners: {},
  },
]

/**
 * Requires that a rule for a public platform names an owner: otherwise, everyone who uses the platform is accepted.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function requireOwners({ name, identities }: Client): void {
  for (const rule of identities) {
    const platform = platforms.find(({ publicIssuer }) => publicIssuer === rule.issuer)
    if (platform === undefined || Object.entries(platform.owners).some(([claim, form]) => hasForm(rule, claim, form)))
      continue
    throw configInvalid(
      `clients.${name}.identity: every repository of ${platform.name} would match: add ${platform.ids.join(' and ')}.`,
    )
  }
}

function hasForm({ claims }: IdentityRule, name: string, form: RegExp): boolean {
  return claims.some(({ path, values }) => path.join('.') === name && values.every(value => form.test(value)))
}

/** The warnings about the identities of a client, for its administrator. */
export function identityWarnings({
  identities,
}: Client): readonly { readonly issuer: string; readonly warning: string }[] {
  return identities.flatMap(rule => {
    const { issuer, claims } = rule
    const platform = platforms.find(({ isFor }) => isFor(rule))
    if (platform === undefined) return []
    const warnings: string[] = []
    if (!platform.ids.some(name => hasForm(rule, name, id)) && !hasIdInSub(claims)) {
      warnings.push(
        `an identity for ${platform.name} has no ID, so another owner with the same name would match: add ${platform.ids.join(' and ')}`,
      )
    }
    if (platform.name === 'GitHub Actions' && hasClaim(claims, 'ref') && acceptsForks(claims)) {
      warnings.push(
        'an identity for GitHub Actions has ref without environment or a list of safe values of event_name: pull_request_target, ' +
          'workflow_run and other events that forks can cause have the ref of the base branch',
      )
    }
    return warnings.map(warning => ({ issuer, warning }))
  })
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).hostname : ''
}

function hasClaim(claims: readonly ClaimRule[], name: string): boolean {
  return claims.some(({ path }) => path.length === 1 && path[0] === name)
}

function acceptsForks(claims: readonly ClaimRule[]): boolean {
  if (hasClaim(claims, 'environment')) return false
  const events = claims.find(({ path }) => path.join('.') === 'event_name')?.values ?? ['*']
  return events.some(event => event.includes('*') || event === 'pull_request_target' || event === 'workflow_run')
}

// As repo:OWNER@ID/REPOSITORY@ID:… of GitHub, and org/ID/project/ID/… of CircleCI.
function hasIdInSub(claims: readonly ClaimRule[]): boolean {
  const values = claims.find(({ path }) => path.length === 1 && path[0] === 'sub')?.values ?? []
  return (
    values.length > 0 && values.every(value => /^repo:[^*/]+@\d+\/[^*:]+@\d+:|\bproject\/[0-9a-f-]{36}\//.test(value))
  )
}
