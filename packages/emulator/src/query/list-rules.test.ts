import { describe, expect, it } from 'vitest'
import { apiError, matches } from '../../test/support/expressions.test.support.js'
import {
  APPS_FILTER,
  GROUPS_FILTER,
  groupsSearch,
  TRUSTED_ORIGINS_FILTER,
  USERS_FILTER,
  usersSearch,
} from './list-rules.js'

const SEARCH = usersSearch(['badges', 'level', 'isRemote'])

describe('filter of users', () => {
  it.each([
    ['profile.login eq "ada@example.com"', true],
    ['profile.login EQ "Ada@example.com"', false],
    ['profile.login eq "grace@example.com"', false],
    ['status eq "ACTIVE"', true],
    ['id eq "00uada"', true],
    ['lastUpdated gt "2024-02-29T00:00:00.000Z" and lastUpdated lt "2025-01-01T00:00:00.000Z"', true],
    ['lastUpdated eq "2024-03-01T11:00:00.000+01:00"', true],
    ['lastUpdated ge "2024-03-01T10:00:00Z"', true],
    ['lastUpdated gt "2024-03-01T10:00:00.000Z"', false],
    ['status eq "STAGED" or profile.firstName eq "Ada" and profile.lastName eq "Lovelace"', true],
    ['(status eq "STAGED" or profile.firstName eq "Ada") and profile.lastName eq "Hopper"', false],
  ])('%s is %s', (text, expected) => {
    expect(matches(text, USERS_FILTER)).toBe(expected)
  })

  it.each([
    'status',
    'status eq ACTIVE',
    'status eq true',
    'status ne "ACTIVE"',
    'status sw "A"',
    'status pr',
    'not (status eq "ACTIVE")',
    'Status eq "ACTIVE"',
    'created gt "2024-01-01T00:00:00.000Z"',
    'profile.city eq "x"',
    'profile.constructor eq "x"',
    'lastUpdated co "2024"',
  ])('rejects %s', text => {
    expect(apiError(text, USERS_FILTER)).toMatchObject({
      errorCode: 'E0000031',
      errorSummary: 'Invalid search criteria.',
      causes: [],
      status: 400,
    })
  })

  it.each(['2024', '2024-01-01', '2024-02-30T00:00:00.000Z', '2024-01-01T00:00:00', 'yesterday'])(
    'rejects the date %s',
    date => {
      expect(apiError(`lastUpdated gt "${date}"`, USERS_FILTER).errorCode).toBe('E0000030')
    },
  )
})

describe('search of users', () => {
  it.each([
    ['profile.firstName eq "ADA"', true],
    ['profile.firstName sw "a"', true],
    ['profile.lastName co "LACE"', true],
    ['profile.city eq "ISÁÀC"', true],
    ['profile.city eq "isaac"', false],
    ['profile.badges eq "GREEN"', true],
    ['profile.badges eq "blue" and profile.badges eq "green"', true],
    ['profile.badges eq "red"', false],
    ['profile.level ge 7', true],
    ['profile.level gt 7', false],
    ['profile.level eq "7"', false],
    ['profile.isRemote eq true', true],
    ['profile.mobilePhone pr', false],
    ['profile.email pr', true],
    ['profile.department eq "x"', false],
    ['activated gt "2000-01-01T00:00:00.000Z"', false],
    ['activated pr', false],
    ['type.id eq "oty1"', true],
    ['(status lt "STAGED" or status gt "STAGED")', true],
    ['(status lt "active" or status gt "active")', false],
  ])('%s is %s', (text, expected) => {
    expect(matches(text, SEARCH)).toBe(expected)
  })

  it.each([
    'profile.firstName',
    'profile.firstName+eq+"Ada"',
    'profile.firstName ne "Ada"',
    'profile.firstName ew "a"',
    'profile.department co "x"',
    'id co "00u"',
    'profile.unknown eq "x"',
    'profile.FirstName eq "x"',
    'lastLogin pr',
    'classification.type eq "LITE"',
    'profile.isRemote gt true',
    'profile.level sw 7',
    'created sw "2024"',
    'not (profile.email pr)',
    'profile.__proto__ pr',
  ])('rejects %s', text => {
    expect(apiError(text, SEARCH)).toMatchObject({ errorCode: 'E0000031', causes: ['Invalid search syntax.'] })
  })
})

describe('filter and search of groups', () => {
  const group = {
    id: '00g1',
    type: 'OKTA_GROUP',
    created: '2024-01-01T00:00:00.000Z',
    lastUpdated: '2024-01-01T00:00:00.000Z',
    lastMembershipUpdated: '2024-06-01T00:00:00.000Z',
    profile: { name: 'West Coast users', description: null },
  }

  it('matches the documented examples', () => {
    const filter = 'type eq "OKTA_GROUP" and lastUpdated lt "2024-11-11T00:00:00.000Z"'
    expect(matches(filter, GROUPS_FILTER, group)).toBe(true)
    expect(matches('profile.name eq "west coast users"', groupsSearch(), group)).toBe(true)
    expect(matches('profile.name co "COAST"', groupsSearch(), group)).toBe(true)
    const search = 'type eq "APP_GROUP" and (created lt "2014-01-01T00:00:00.000Z" and source.id eq "0oa1")'
    expect(matches(search, groupsSearch(), group)).toBe(false)
    expect(matches('profile.samAccountName sw "West"', groupsSearch(['samAccountName']), group)).toBe(false)
  })

  it('rejects a filter on the name', () => {
    expect(apiError('profile.name eq "x"', GROUPS_FILTER)).toMatchObject({ errorCode: 'E0000031', causes: [] })
  })
})

describe('filter of apps', () => {
  const app = {
    id: '0oa1',
    status: 'ACTIVE',
    name: 'oidc_client',
    credentials: { signing: { kid: 'k1' } },
    settings: { slo: { enabled: false } },
    user: [{ id: '00u1' }, { id: '00u2' }],
  }

  it.each([
    ['status eq "ACTIVE"', true],
    ['status eq "active"', false],
    ['name eq "oidc_client"', true],
    ['credentials.signing.kid eq "k1"', true],
    ['settings.slo.enabled eq false', true],
    ['user.id eq "00u2"', true],
    ['group.id eq "00g1"', false],
  ])('%s is %s', (text, expected) => {
    expect(matches(text, APPS_FILTER, app)).toBe(expected)
  })

  it.each(['user.id eq 00u2', 'label eq "x"', 'settings.slo.enabled eq "false"', 'status ne "ACTIVE"'])(
    'rejects %s',
    text => {
      expect(apiError(text, APPS_FILTER)).toMatchObject({ errorCode: 'E0000031', causes: [] })
    },
  )
})

describe('filter of trusted origins', () => {
  const origin = {
    name: 'Docs',
    origin: 'https://x.example',
    status: 'ACTIVE',
    scopes: [{ type: 'CORS' }, { type: 'REDIRECT' }],
  }

  it('matches the type of any scope', () => {
    expect(matches('type eq "REDIRECT" and name eq "Docs"', TRUSTED_ORIGINS_FILTER, origin)).toBe(true)
    expect(matches('type eq "IFRAME_EMBED"', TRUSTED_ORIGINS_FILTER, origin)).toBe(false)
    expect(apiError('scopes.type eq "CORS"', TRUSTED_ORIGINS_FILTER).errorCode).toBe('E0000031')
  })
})
