import { importOrg } from '../../src/import/import-org.js'
import { parseExport } from '../../src/import/org-export.js'

export const ADA = '00uada00000000000001'
export const GRACE = '00ugrace000000000002'
export const WEB = '0oaweb00000000000001'
export const SERVICE = '0oaservice0000000001'

export const users = [
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
export const groups = [
  {
    id: '00g1',
    type: 'OKTA_GROUP',
    profile: { name: 'Team of Adeline', description: 'Contact: ADELINE.LB@analytical.example' },
  },
  { id: '00g2', type: 'BUILT_IN', profile: { name: 'Everyone', description: null } },
]
export const oidcApp = (id: string, label: string, oauthClient: object, method: string, extra: object = {}) => ({
  id,
  label,
  status: 'ACTIVE',
  signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: { client_id: id, client_secret: 'fixture-only', token_endpoint_auth_method: method } },
  settings: { oauthClient },
  ...extra,
})
export const apps = [
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
export const everything = {
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

export function imported(lists: object) {
  return importOrg(parseExport({ 'org.json': JSON.stringify(lists) }))
}

export function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

/** Whether a text contains an original: anywhere, or as a word when it is short. */
export function contains(text: string, original: string): boolean {
  if (original.length >= 6) return text.toLowerCase().includes(original.toLowerCase())
  const escaped = original.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(text)
}
