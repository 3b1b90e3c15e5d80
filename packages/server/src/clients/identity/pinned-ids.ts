import type { Client } from '../client.js'
import type { ClaimRule, IdentityRule } from './identity-rule.js'

interface Platform {
  readonly name: string
  readonly ids: readonly string[]
  /** Whether a rule is for this platform, which may run on any host. */
  isFor(rule: IdentityRule): boolean
}

// The names of repositories and projects can be given to others; these ids cannot.
const platforms: readonly Platform[] = [
  {
    name: 'GitHub Actions',
    ids: ['repository_id', 'repository_owner_id'],
    isFor: ({ issuer, claims }) => hostOf(issuer).startsWith('token.actions.') || hasClaim(claims, 'repository'),
  },
  {
    name: 'GitLab',
    ids: ['project_id', 'namespace_id'],
    isFor: ({ issuer, claims }) =>
      /(^|\.)gitlab\./.test(hostOf(issuer)) || hasClaim(claims, 'project_path') || hasClaim(claims, 'namespace_path'),
  },
  {
    name: 'Buildkite',
    ids: ['organization_id', 'pipeline_id'],
    isFor: ({ issuer }) => hostOf(issuer) === 'agent.buildkite.com',
  },
  {
    name: 'CircleCI',
    ids: ['oidc.circleci.com/project-id'],
    isFor: ({ issuer }) => hostOf(issuer) === 'oidc.circleci.com',
  },
]

/** The warnings about the identities of a client, for its administrator. */
export function identityWarnings({
  identities,
}: Client): readonly { readonly issuer: string; readonly warning: string }[] {
  return identities.flatMap(rule => {
    const { issuer, claims } = rule
    const platform = platforms.find(({ isFor }) => isFor(rule))
    if (platform === undefined) return []
    const warnings: string[] = []
    if (!platform.ids.some(id => isPinned(claims, id)) && !hasIdInSub(claims)) {
      warnings.push(
        `an identity for ${platform.name} has no id, so that another owner of the same name would match: add ${platform.ids.join(' and ')}`,
      )
    }
    const isBranchOnly = hasClaim(claims, 'ref') && !hasClaim(claims, 'environment') && !hasClaim(claims, 'event_name')
    if (platform.name === 'GitHub Actions' && isBranchOnly) {
      warnings.push(
        'an identity for GitHub Actions has ref without environment or event_name: events of pull requests from forks can have the ref of the base branch',
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

function isPinned(claims: readonly ClaimRule[], name: string): boolean {
  return claims.some(({ path, values }) => path.join('.') === name && values.every(value => !value.includes('*')))
}

// As repo:OWNER@ID/REPOSITORY@ID:… of GitHub, and org/ID/project/ID/… of CircleCI.
function hasIdInSub(claims: readonly ClaimRule[]): boolean {
  const values = claims.find(({ path }) => path.length === 1 && path[0] === 'sub')?.values ?? []
  return (
    values.length > 0 && values.every(value => /^repo:[^*/]+@\d+\/[^*:]+@\d+:|\bproject\/[0-9a-f-]{36}\//.test(value))
  )
}
