import { get, post, put, remove, type Scenario } from './scenario.js'

const users = '/api/v1/users'

/** The body of a request that creates a user. */
export function newUser(name: string, credentials?: object) {
  const login = `${name}@example.com`
  return { profile: { firstName: 'Test', lastName: name, email: login, login }, ...(credentials && { credentials }) }
}

const password = { password: { value: 'a-Long-passw0rd' } }
const recovery = { recovery_question: { question: 'The name of a ship?', answer: 'Beagle' } }

export const userCreation: Scenario = async ({ compare }) => {
  const staged = await compare('POST user STAGED', post(`${users}?activate=false`, newUser('staged')))
  await compare('GET user STAGED', get(`${users}/${staged.id}`))
  const active = await compare('POST user ACTIVE', post(`${users}?activate=true`, newUser('active', password)))
  await compare('GET user ACTIVE', get(`${users}/${active.id}`))
  await compare('GET user by login', get(`${users}/active@example.com`))
  const provisioned = await compare('POST user PROVISIONED', post(users, newUser('provisioned')))
  await compare('GET user PROVISIONED', get(`${users}/${provisioned.id}`))
  const { profile } = newUser('unknown')
  const unknownProperty = { profile: { ...profile, not_Valid: 'x' } }
  await compare('POST user with an unknown property', post(users, unknownProperty))
  await compare('GET unknown user', get(`${users}/00u1234567890abcdef0`))
}

export const userChanges: Scenario = async ({ compare, send }) => {
  const { id, profile } = await send(post(users, newUser('changes', password)))
  await compare('POST user update', post(`${users}/${id}`, { profile: { nickName: 'Chang' } }))
  await compare('PUT user update', put(`${users}/${id}`, { profile }))
  await compare('DELETE sessions', remove(`${users}/${id}/sessions`))
  await compare('DELETE user', remove(`${users}/${id}`))
  await compare('GET user DEPROVISIONED', get(`${users}/${id}`))
  await compare('DELETE user', remove(`${users}/${id}`))
  await compare('GET unknown user', get(`${users}/${id}`))
}

export const userLists: Scenario = async ({ compare, send }) => {
  await compare('GET users', get(users))
  await compare('GET users', get(`${users}?limit=2`))
  await compare('GET users with search', get(`${users}?search=profile.lastName%20eq%20%22Hopper%22&limit=10`))
  await compare('GET users with filter', get(`${users}?filter=status%20eq%20%22ACTIVE%22`))
  const { id } = await send(get(`${users}/grace.hopper@example.com`))
  await compare('GET user groups', get(`${users}/${id}/groups`))
  await compare('GET user appLinks', get(`${users}/${id}/appLinks`))
  await compare('GET user grants', get(`${users}/${id}/grants`))
  await compare('GET user clients', get(`${users}/${id}/clients`))
  await compare('GET user idps', get(`${users}/${id}/idps`))
  await compare('DELETE user grants', remove(`${users}/${id}/grants`))
}

export const userRoles: Scenario = async ({ compare, send }) => {
  const { id } = await send(post(users, newUser('roles', password)))
  const roles = `${users}/${id}/roles`
  const role = await compare('POST user roles', post(roles, { type: 'SUPER_ADMIN' }))
  await compare('GET user roles', get(roles))
  await compare('DELETE user role', remove(`${roles}/${role.id}`))
}

export const userLifecycle: Scenario = async ({ compare, send }) => {
  const { id } = await send(post(`${users}?activate=false`, newUser('lifecycle', { ...password, ...recovery })))
  const lifecycle = `${users}/${id}/lifecycle`
  await compare('activate without email', post(`${lifecycle}/activate?sendEmail=false`))
  const active = await send(post(users, newUser('lifecycle2', { ...password, ...recovery })))
  const ofActive = `${users}/${active.id}/lifecycle`
  await compare('reactivate when active', post(`${ofActive}/reactivate`))
  await compare('unlock when not locked', post(`${ofActive}/unlock`))
  await compare('suspend', post(`${ofActive}/suspend`))
  await compare('GET user SUSPENDED', get(`${users}/${active.id}`))
  await compare('unsuspend', post(`${ofActive}/unsuspend`))
  await compare('reset_factors', post(`${ofActive}/reset_factors`))
  const passwords = { oldPassword: password.password, newPassword: { value: 'Another-passw0rd' } }
  await compare('change_password', post(`${users}/${active.id}/credentials/change_password`, passwords))
  const question = { password: passwords.newPassword, ...recovery }
  await compare(
    'change_recovery_question',
    post(`${users}/${active.id}/credentials/change_recovery_question`, question),
  )
  await compare('expire_password', post(`${ofActive}/expire_password`))
  await compare('GET user PASSWORD_EXPIRED', get(`${users}/${active.id}`))
  await compare('expire_password_with_temp_password', post(`${ofActive}/expire_password_with_temp_password`))
  await compare('reset_password without email', post(`${ofActive}/reset_password?sendEmail=false`))
  await compare('deactivate', post(`${ofActive}/deactivate`))
  const staged = await send(post(`${users}?activate=false`, newUser('lifecycle3')))
  await compare('activate with email', post(`${users}/${staged.id}/lifecycle/activate?sendEmail=true`))
}

export const userFactors: Scenario = async ({ compare, okta }) => {
  const factors = `${users}/${okta.users[0]?.id}/factors`
  await compare('GET user factors', get(factors))
  const factor = await compare('POST factor', post(factors, { factorType: 'webauthn', provider: 'FIDO' }))
  await compare('GET factor', get(`${factors}/${factor?.id}`))
  await compare('DELETE factor', remove(`${factors}/${factor?.id}`))
  await compare('GET unknown factor', get(`${factors}/${factor?.id}`))
}
