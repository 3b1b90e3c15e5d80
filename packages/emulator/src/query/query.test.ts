import { describe, expect, it } from 'vitest'
import { ApiError } from '../http/errors/errors.js'
import { selectFields } from './fields.js'
import { appsKeyword, groupsKeyword, logsKeyword, usersKeyword } from './keywords.js'
import { usersSearch } from './list-rules.js'
import { sortResources } from './sort.js'

const user = (id: string, firstName: string | null, lastName: string, status = 'ACTIVE') => ({
  id,
  status,
  created: '2024-01-01T00:00:00.000Z',
  profile: { firstName, lastName, email: `${lastName}@example.com`, login: `${id}@example.com` },
})

describe('q', () => {
  it('matches a prefix of the first name, last name or email address of users', () => {
    const tony = user('00u1', 'Tony', 'Johnson')
    expect(['to', 'JOHN', 'johnson@ex'].map(q => usersKeyword(q)(tony))).toEqual([true, true, true])
    expect(['ony', 'son', '00u1', 'Tony Johnson'].map(q => usersKeyword(q)(tony))).toEqual([false, false, false, false])
  })

  it('omits deprovisioned users', () => {
    expect(usersKeyword('to')(user('00u1', 'Tony', 'Johnson', 'DEPROVISIONED'))).toBe(false)
  })

  it('matches a prefix of the name of groups, and of the name or label of apps', () => {
    expect(groupsKeyword('west')({ profile: { name: 'West Coast', description: 'x' } })).toBe(true)
    expect(groupsKeyword('coast')({ profile: { name: 'West Coast' } })).toBe(false)
    expect(appsKeyword('oidc')({ name: 'oidc_client', label: 'Sample' })).toBe(true)
    expect(appsKeyword('sam')({ name: 'oidc_client', label: 'Sample' })).toBe(true)
    expect(appsKeyword('ample')({ name: 'oidc_client', label: 'Sample' })).toBe(false)
  })

  it('matches whole words of log events', () => {
    const event = {
      actor: { displayName: 'Jane Doe', alternateId: 'jane.doe@example.com' },
      transaction: { id: 'XOxBw-2JIRnCFd0gG0GjHAAABjY' },
      debugContext: { debugData: { requestUri: 'https://interestingURI.com/x' } },
    }
    const found = [
      'Jane doe',
      'xoxbw',
      '2JIRnCFd0gG0GjHAAABjY',
      'XOxBw-2JIRnCFd0gG0GjHAAABjY',
      'interestinguri.com',
      '',
    ]
    expect(found.map(q => logsKeyword(q)(event))).toEqual(found.map(() => true))
    expect(['jan', 'jane smith'].map(q => logsKeyword(q)(event))).toEqual([false, false])
  })

  it.each(['a'.repeat(41), Array(11).fill('a').join(' ')])('rejects the keywords %s', q => {
    expect(() => logsKeyword(q)).toThrow(expect.objectContaining({ errorCode: 'E0000001' }))
  })
})

describe('sortBy', () => {
  const users = [
    user('00u3', 'ada', 'B'),
    user('00u1', 'Grace', 'A'),
    user('00u2', 'Ada', 'C'),
    user('00u0', null, 'D'),
  ]
  const ids = (sortBy: string, sortOrder?: string) =>
    sortResources(users, { sortBy, sortOrder, rules: usersSearch() }).map(({ id }) => id)

  it('sorts by a property, and by ID when the values are equal', () => {
    expect(ids('profile.firstName')).toEqual(['00u2', '00u3', '00u1', '00u0'])
    expect(ids('profile.firstName', 'desc')).toEqual(['00u1', '00u2', '00u3', '00u0'])
    expect(ids('created', 'DESC')).toEqual(['00u0', '00u1', '00u2', '00u3'])
  })

  it('rejects another order or an unknown property', () => {
    expect(() => ids('profile.firstName', 'up')).toThrow(ApiError)
    expect(() => ids('firstName')).toThrow(ApiError)
  })
})

describe('fields', () => {
  const resource = { id: '00u1', status: 'ACTIVE', profile: { firstName: 'Ada', lastName: 'Lovelace' }, _links: {} }

  it.each([
    ['status', { id: '00u1', status: 'ACTIVE' }],
    ['id, status,profile:( firstName , city)', { id: '00u1', status: 'ACTIVE', profile: { firstName: 'Ada' } }],
    ['profile:(lastName),status', { id: '00u1', status: 'ACTIVE', profile: { lastName: 'Lovelace' } }],
    ['profile', { id: '00u1', profile: resource.profile }],
  ])('selects %s', (fields, expected) => {
    expect(selectFields(fields)(resource)).toEqual(expected)
  })

  it.each([
    '',
    ',',
    'status,',
    'profile:(',
    'profile:()',
    'profile:(a',
    'profile:(a)(b)',
    'myprofile:(a)',
    'status;id',
    'banana',
    'profile:(banana)',
  ])('rejects %j', fields => {
    expect(() => selectFields(fields)).toThrow(ApiError)
  })

  it('selects a custom attribute', () => {
    const user = { id: '00u1', profile: { login: 'ada@example.com', badge: '7' } }
    expect(selectFields('profile:(badge)', ['badge'])(user)).toEqual({ id: '00u1', profile: { badge: '7' } })
  })
})
