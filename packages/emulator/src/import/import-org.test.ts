import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ADA,
  apps,
  contains,
  everything,
  GRACE,
  imported,
  SERVICE,
  strings,
  users,
  WEB,
} from '../../test/support/org-export.test.support.js'
import { configSchema } from '../config/config-schema.js'

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
      'The export has no appGrants, so each app gets the default scopes.',
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
