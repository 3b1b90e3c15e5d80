import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configSchema } from '../config/config-schema.js'
import { importOrg } from './import-org.js'
import { ExportError, type OrgExport, parseExport } from './org-export.js'

const ADA = '00uada00000000000001'
const GRACE = '00ugrace000000000002'
const WEB = '0oaweb00000000000001'
const SERVICE = '0oaservice0000000001'

const users = [
  {
    id: ADA,
    status: 'ACTIVE',
    created: '2020-01-01T00:00:00.000Z',
    lastLogin: '2026-05-05T05:05:05.000Z',
    profile: {
      firstName: 'Adeline',
      lastName: 'Lovelace-Byron',
      login: 'Adeline.LB@analytical.example',
      email: 'adeline.lb@analytical.example',
      secondEmail: 'countess@home.example',
      mobilePhone: '+44 20 7946 0000',
      displayName: 'Adeline L-Byron',
      department: 'Difference Engines',
      employeeNumber: '48151623',
      badge: 98765,
      isRemote: true,
      locale: 'en_GB',
      countryCode: 'GB',
      profileUrl: 'https://people.analytical.example/adeline',
      nickNames: ['Addie', 'Enchantress'],
      manager: 'Grizelda Hopper',
      managerId: GRACE,
    },
    credentials: {
      password: {},
      recovery_question: { question: 'Name of the first algorithm?' },
      emails: [{ value: 'adeline.lb@analytical.example', status: 'VERIFIED', type: 'PRIMARY' }],
      provider: { type: 'OKTA', name: 'OKTA' },
    },
    _links: { self: { href: `https://analytical.okta.example/api/v1/users/${ADA}` } },
  },
  {
    id: GRACE,
    status: 'SUSPENDED',
    profile: {
      firstName: 'Grizelda',
      lastName: 'Hopper',
      login: 'grizelda@navy.example',
      email: 'grizelda@navy.example',
      department: 'Difference Engines',
      mobilePhone: null,
    },
  },
]
const groups = [
  {
    id: '00g1',
    type: 'OKTA_GROUP',
    profile: { name: 'Team of Adeline', description: 'Contact: ADELINE.LB@analytical.example' },
  },
  { id: '00g2', type: 'BUILT_IN', profile: { name: 'Everyone', description: null } },
]
const oidcApp = (id: string, label: string, oauthClient: object, method: string, extra: object = {}) => ({
  id,
  label,
  status: 'ACTIVE',
  signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: { client_id: id, client_secret: 'fixture-only', token_endpoint_auth_method: method } },
  settings: { oauthClient },
  ...extra,
})
const apps = [
  oidcApp(
    WEB,
    "Grizelda's portal",
    {
      application_type: 'web',
      grant_types: ['authorization_code', 'refresh_token', 'password'],
      redirect_uris: ['http://localhost:8080/cb', 'https://10.0.0.7/cb', 'https://grizelda.dev.navy.example/cb'],
      post_logout_redirect_uris: ['http://localhost:8080/'],
      refresh_token: { rotation_type: 'ROTATE' },
    },
    'client_secret_basic',
  ),
  oidcApp(
    SERVICE,
    'Nightly job',
    {
      application_type: 'service',
      grant_types: ['client_credentials'],
      dpop_bound_access_tokens: true,
      jwks: {
        keys: [
          {
            kty: 'EC',
            id: 'pks1',
            status: 'ACTIVE',
            kid: 'k1',
            use: null,
            crv: 'P-256',
            x: 'xx',
            y: 'yy',
            d: 'private',
          },
          { kty: 'EC', id: 'pks2', status: 'INACTIVE', kid: 'k2', crv: 'P-256', x: 'xx', y: 'yy' },
        ],
      },
    },
    'private_key_jwt',
    { status: 'INACTIVE' },
  ),
  { id: '0oasaml', label: 'SAML', status: 'ACTIVE', signOnMode: 'SAML_2_0' },
]
const everything = {
  users,
  groups,
  apps,
  groupMembers: { '00g1': [{ id: ADA }, GRACE], '00g2': [users[1]] },
  appUsers: { [WEB]: [{ id: GRACE, credentials: { userName: 'grizelda@navy.example' } }] },
  appGrants: { [SERVICE]: [{ scopeId: 'okta.users.read' }] },
  trustedOrigins: [
    { origin: 'https://spa.example', status: 'ACTIVE' },
    { origin: 'https://old.example', status: 'INACTIVE' },
  ],
}

function imported(lists: object) {
  return importOrg(parseExport({ 'org.json': JSON.stringify(lists) }))
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

/** Whether a text contains an original: anywhere, or as a word when it is short. */
function contains(text: string, original: string): boolean {
  if (original.length >= 6) return text.toLowerCase().includes(original.toLowerCase())
  const escaped = original.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(text)
}

describe('importOrg', () => {
  it('leaves no text of a profile in the output', () => {
    const { config, warnings } = imported(everything)
    const originals = strings(users.map(({ profile }) => profile)).filter(text => text !== GRACE)
    const words = ['Lovelace', 'Byron', 'Adeline', 'analytical.example', 'navy', 'algorithm', 'fixture-only', 'private']
    const output = strings([config, warnings]).filter(text => text !== 'private_key_jwt')
    const hostOfAnApp = 'navy'
    for (const original of [...originals, ...words].filter(text => text !== hostOfAnApp)) {
      expect(output.filter(text => contains(text, original))).toEqual([])
    }
  })

  it('leaves no text of arbitrary profiles in names of groups, labels and URLs', () => {
    const word = fc
      .string({ unit: fc.constantFrom('q', 'x', 'j', 'é', 'Z', '-', "'", ' '), minLength: 4, maxLength: 12 })
      .map(text => `q${text.trim()}xj`)
      .filter(text => text.length >= 6)
    const profile = fc.record({ firstName: word, lastName: word, displayName: word, city: word })
    fc.assert(
      fc.property(
        fc.array(profile, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('-', ' ', '/', '', '@'),
        (profiles, separator) => {
          const exported = profiles.map((attributes, at) => ({
            id: `00u${at}`,
            profile: { ...attributes, login: `${at}@z.example` },
          }))
          const texts = profiles.flatMap(attributes => Object.values(attributes))
          const { config } = imported({
            users: exported,
            groups: texts.map((text, at) => ({
              id: `00g${at}`,
              profile: { name: `Team${separator}${text}${separator}A` },
            })),
          })
          const output = strings(config)
          expect(texts.filter(text => output.some(found => found.toLowerCase().includes(text.toLowerCase())))).toEqual(
            [],
          )
        },
      ),
    )
  })

  it('keeps IDs and statuses, and gives equal values the same made-up value', () => {
    const [ada, grace] = imported(everything).config.users
    expect(ada).toEqual({
      id: ADA,
      status: 'ACTIVE',
      login: 'user.1@example.com',
      firstName: 'Alan',
      lastName: 'Turing',
      adminRole: false,
      profile: {
        email: 'user.1@example.com',
        secondEmail: 'user.2@domain-2.example.com',
        mobilePhone: '+15550000001',
        displayName: 'displayName 1',
        department: 'department 1',
        employeeNumber: 'employeeNumber 1',
        badge: 1,
        isRemote: true,
        nickNames: ['nickNames 1', 'nickNames 2'],
        manager: 'manager 1',
        managerId: GRACE,
      },
    })
    expect(grace).toMatchObject({ id: GRACE, status: 'SUSPENDED', profile: { department: 'department 1' } })
  })

  it('keeps the members of groups, and replaces their names and descriptions', () => {
    expect(imported(everything).config.groups).toEqual([
      {
        id: '00g1',
        type: 'OKTA_GROUP',
        name: 'Group 1',
        members: ['user.1@example.com', 'user.3@domain-3.example.com'],
      },
      { id: '00g2', type: 'BUILT_IN', name: 'Everyone', members: ['user.3@domain-3.example.com'] },
    ])
  })

  it('keeps the settings of apps, and drops secrets, private keys and inactive keys', () => {
    expect(imported(everything).config.clients).toEqual([
      {
        kind: 'web',
        clientId: WEB,
        label: 'App 1',
        adminRole: false,
        active: true,
        authentication: 'client_secret',
        grantTypes: ['authorization_code', 'refresh_token'],
        refreshTokens: 'rotating',
        redirectUris: ['http://localhost:8080/cb', 'https://10.0.0.7/cb', 'https://user.3.dev.navy.example/cb'],
        postLogoutRedirectUris: ['http://localhost:8080/'],
        scopes: [],
        assignedUsers: ['user.3@domain-3.example.com'],
      },
      {
        kind: 'service',
        clientId: SERVICE,
        label: 'App 2',
        adminRole: false,
        active: false,
        authentication: 'private_key_jwt',
        grantTypes: ['client_credentials'],
        dpop: true,
        jwks: { keys: [{ kty: 'EC', kid: 'k1', crv: 'P-256', x: 'xx', y: 'yy' }] },
        scopes: ['okta.users.read'],
      },
    ])
    expect(imported(everything).config.trustedOrigins).toEqual(['https://spa.example'])
  })

  it('reports what it cannot take over', () => {
    expect(imported(everything).warnings).toEqual([
      `App ${WEB}: These grant types are dropped: password.`,
      'App 0oasaml is skipped, because it is not an OIDC app.',
      'An export has no roles: no user and no app has an admin role. Set adminRole for those that need it.',
    ])
    expect(imported({ apps: [apps[0]] }).warnings).toContain(
      'The export has no appGrants, so that each app gets the default scopes.',
    )
  })

  it('returns apps and users that the configuration accepts', () => {
    const { clients, users: people } = imported(everything).config
    const known = {
      clients: clients.map(({ label, postLogoutRedirectUris, ...client }) => client),
      users: people.map(({ login, firstName, lastName }) => ({ login, firstName, lastName })),
    }
    expect(configSchema.safeParse(known).error).toBeUndefined()
  })

  it('does not reuse a name of the export as a made-up name', () => {
    const profile = { firstName: 'Alan', lastName: 'Turing', login: 'user.1@x.example', email: 'user.1@example.com' }
    const [user] = imported({ users: [{ id: '00u1', profile }] }).config.users
    expect(user).toMatchObject({
      firstName: 'Barbara',
      lastName: 'Liskov',
      profile: { email: 'user.3@domain-2.example.com' },
    })
  })
})

it('keeps no other spelling of a name, no number and no address in groups and labels, and valid origins', () => {
  const profile = { firstName: 'Kerstin', lastName: 'Weiß-Müller', login: 'kerstin@acme.example' }
  const { config } = imported({
    users: [{ id: '00u1', profile }],
    groups: [{ id: '00g1', profile: { name: 'Friends of Kerstin Weiss-Mueller', description: '+491701234567' } }],
    trustedOrigins: [{ origin: 'https://kerstin.example.com' }],
  })
  expect(strings(config).join(' ')).not.toMatch(/kerstin|weiss|mueller|4917/i)
  for (const origin of config.trustedOrigins) expect(new URL(origin).origin).toBe(origin)
})

describe('parseExport', () => {
  it('reads a file for each list', () => {
    const files = {
      '/tmp/x/users.json': JSON.stringify(users),
      'groupMembers.json': '{"00g1":["00uada00000000000001"]}',
    }
    const result: OrgExport = parseExport(files)
    expect(result.users).toHaveLength(2)
    expect(result.groupMembers).toEqual({ '00g1': [ADA] })
    expect(result.apps).toEqual([])
  })

  it.each<[Record<string, string>, string]>([
    [{ 'users.json': '[{"id": "secret",' }, 'users.json: The file is not valid JSON.'],
    [{ 'users.json': '{"errorCode":"E0000011"}' }, 'users.json: The file is an error response of the API.'],
    [{ 'users.json': '"x"' }, 'users.json: The file has no list.'],
    [{ 'users.json': '[{"id":"00u1","profile":{}}]' }, 'users.json: users[0].profile.login: '],
    [{ 'people.json': '[]' }, 'people.json: Name the file after its list, or put lists into an object.'],
    [{ 'org.json': '{"user":[]}' }, 'org.json: Name the file after its list, or put lists into an object.'],
    [{ 'org.json': '{"users":[]}', 'users.json': '[]' }, 'users.json: users is in org.json too.'],
  ])('names the file of a broken export: %j', (files, message) => {
    const action = () => parseExport(files)
    expect(action).toThrow(ExportError)
    expect(action).toThrow(message)
    expect(action).not.toThrow('secret')
  })
})
