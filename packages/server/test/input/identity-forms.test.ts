import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionOf, filesOf, startBroker } from '../support/broker.test.support.js'
import { newKey } from '../support/issuer.test.support.js'

const github = 'https://token.actions.githubusercontent.com'
const gitlab = 'https://gitlab.com'
const cluster = 'https://kubernetes.default.svc.cluster.local'
const jwks = { jwks: { file: 'jwks.json' } }
let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(async () => await okta.close())

const issuersOf = ({ identity }: { identity?: unknown }) =>
  [identity ?? []].flat().flatMap(({ issuer }: { issuer?: string }) => (issuer?.startsWith('https') ? [issuer] : []))
const start = (deploy: object, more: object = {}) =>
  startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      // From files, so that no test reads the keys of a real issuer.
      issuers: Object.fromEntries(issuersOf(deploy).map(issuer => [issuer, jwks])),
      clients: { deploy: { connections: 'users', ...deploy } },
      ...more,
    },
    {
      files: {
        ...filesOf(okta),
        'jwks.json': JSON.stringify({ keys: [newKey().publicKey.export({ format: 'jwk' })] }),
        'enc.json': JSON.stringify({ keys: [{ ...newKey().publicKey.export({ format: 'jwk' }), use: 'enc' }] }),
        'x509.json': JSON.stringify({ keys: [{ ...newKey().publicKey.export({ format: 'jwk' }), use: 'x509-svid' }] }),
      },
    },
  )
const messageOf = async (deploy: object, more: object = {}) =>
  await start(deploy, more).then(
    async broker => {
      await broker.stop()
      return 'it started'
    },
    (error: Error) => error.message,
  )
const claims = (given: object) => ({ identity: { issuer: github, claims: given } })

describe('identity', () => {
  it.each<[string, object, string]>([
    ['is empty', { identity: [] }, 'identity: is empty'],
    ['is a text', { identity: 'github' }, 'must have an issuer and claims'],
    ['has no claims', { identity: { issuer: github } }, 'claims: is missing'],
    ['has another name', { identity: { issuer: github, claim: {} } }, 'unknown setting: claim. Did you mean claims?'],
    ['has empty claims', claims({}), 'must have at least one claim'],
    ['has only wildcards', claims({ sub: '*', ref: ['*', 'x'] }), 'every token of the issuer would match'],
    ['has a claim without a value', claims({ sub: null }), 'claims.sub: is empty'],
    ['has a claim with an empty list', claims({ sub: [] }), 'claims.sub: is empty'],
    ['has an empty nested claim', claims({ 'kubernetes.io': {} }), 'claims.kubernetes.io: is empty'],
    ['has a list of maps', claims({ sub: [{ a: 1 }] }), 'claims.sub: must be a string'],
    ['has a number that YAML rounds', claims({ repository_id: 1e20 }), 'use quotes'],
    ['has a placeholder', claims({ repository_id: '{{ repository_id }}' }), 'unresolved placeholder'],
    ['has only separators beside wildcards', claims({ sub: '*:*:*/*' }), 'every token of the issuer would match'],
    [
      'has the name of a prototype',
      JSON.parse(`{"identity":{"issuer":"${github}","claims":{"sub":"x","__proto__":"y"}}}`),
      'claims.__proto__: is not the name of a claim',
    ],
    [
      'is for every repository of GitHub',
      claims({ environment: 'production' }),
      'every repository of GitHub Actions would match',
    ],
    [
      'is for every owner of GitHub',
      claims({ repository: '*/app', ref: 'main' }),
      'every repository of GitHub Actions would match',
    ],
    [
      'is for every project of GitLab',
      { identity: { issuer: gitlab, claims: { sub: 'project_path:*/app:*' } } },
      'every repository of GitLab would match',
    ],
    ['has two wildcards together', claims({ sub: 'repo:acme/**' }), '"**" is not supported'],
    ['has the audience', claims({ sub: 'x', aud: 'x' }), 'claims.aud: the broker verifies this claim itself'],
    ['has an issuer without a scheme', { identity: { issuer: 'gitlab.com', claims: { sub: 'x' } } }, 'an https URL'],
    ['has an issuer by http', { identity: { issuer: 'http://gitlab.com', claims: { sub: 'x' } } }, 'an https URL'],
  ])('is rejected when it %s', async (_what, deploy, message) => {
    expect(await messageOf(deploy)).toContain(message)
  })

  it.each<[string, object, string]>([
    ['an issuer is not a URL', { issuers: { github: {} } }, 'issuers.github: must be the iss of the tokens'],
    ['an algorithm is symmetric', { issuers: { [github]: { ...jwks, algorithms: 'HS256' } } }, 'must be one of RS256'],
    ['replay is unknown', { issuers: { [github]: { replay: 'never' } } }, 'must be one of once, allowed'],
    ['a file of keys is missing', { issuers: { [github]: { jwks: { file: 'none' } } } }, 'the file does not exist'],
    ['a trust domain has no bundle', { trustDomains: { 'example.org': {} } }, 'trustDomains.example.org.bundle'],
    ['a bundle has a username', { trustDomains: { 'a.org': { bundle: 'https://u:p@a.org/b' } } }, 'without a username'],
    [
      'a file of keys has none for signatures',
      { issuers: { [github]: { jwks: { file: 'enc.json' } } } },
      'must be a public key (JWK) or a set',
    ],
    ['a bundle is http', { trustDomains: { 'a.org': { bundle: 'http://a.org/b' } } }, 'or the https URL of the bundle'],
    ['maxLifetime is 0s', { issuers: { [github]: { maxLifetime: '0s' } } }, 'must be longer than 0s'],
    [
      'no client uses an issuer',
      { issuers: { [`${github}/`]: { replay: 'once' } } },
      `issuers.${github}/: no client uses it. The clients use ${github}`,
    ],
    [
      'no client uses a trust domain',
      { trustDomains: { 'a.org': { bundle: { file: 'x509.json' } } } },
      'trustDomains.a.org: no client uses',
    ],
  ])('is rejected when %s', async (_what, more, message) => {
    expect(await messageOf(claims({ sub: 'repo:acme/app:x' }), more)).toContain(message)
  })

  it('requires the trust domain of a SPIFFE ID', async () => {
    expect(await messageOf({ spiffe: 'spiffe://example.org/a' })).toContain(
      'clients.deploy.spiffe: trustDomains has no example.org: add it with its bundle.',
    )
    for (const spiffe of ['spiffe://example.org', 'spiffe://example.org/**', 'spiffe://example.org/a/../b']) {
      expect(await messageOf({ spiffe })).toContain('must be a SPIFFE ID with a path')
    }
    const trustDomains = { 'example.org': { bundle: { file: 'x509.json' } } }
    expect(await messageOf({ spiffe: 'spiffe://example.org/a' }, { trustDomains })).toContain(
      'trustDomains.example.org.bundle: the file must have a public key whose use is jwt-svid',
    )
  })
})

describe('a warning at the start', () => {
  const warningsOf = async (identity: object | readonly object[]) => {
    await using broker = await start({ identity })
    return broker
      .lines()
      .filter(({ level, client }) => level === 'warn' && client === 'deploy')
      .map(({ msg }) => msg)
  }
  const noId = expect.stringContaining('has no ID')
  const branchOnly = expect.stringContaining('has ref without environment or a list')

  it.each<[string, string, object, readonly unknown[]]>([
    ['names of GitHub', github, { repository: 'acme/app', environment: 'prod' }, [noId]],
    ['an id of GitHub with a wildcard', github, { repository_id: '1*', repository_owner: 'acme' }, [noId]],
    ['an id of GitHub', github, { repository_id: 1, environment: 'prod' }, []],
    ['a sub with ids of GitHub', github, { sub: 'repo:acme@1/app@2:environment:prod' }, []],
    ['a branch of GitHub', github, { repository_id: 1, ref: 'refs/heads/main' }, [branchOnly]],
    ['a branch and events of GitHub', github, { repository_id: 1, ref: 'refs/heads/main', event_name: 'push' }, []],
    ['any event of GitHub', github, { repository_id: 1, ref: 'main', event_name: '*' }, [branchOnly]],
    ['events of forks', github, { repository_id: 1, ref: 'main', event_name: ['push', 'workflow_run'] }, [branchOnly]],
    ['names of GitLab', gitlab, { project_path: 'acme/app', ref: 'main' }, [noId]],
    ['an id of GitLab', gitlab, { project_id: 1, ref: 'main' }, []],
    ['another platform', cluster, { sub: 'system:serviceaccount:prod:deploy' }, []],
  ])('is written for an identity with %s', async (_what, issuer, given, expected) => {
    expect(await warningsOf({ issuer, claims: given })).toEqual(expected)
  })
})
