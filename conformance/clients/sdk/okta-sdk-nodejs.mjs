// Runs examples of the README of @okta/okta-sdk-nodejs, with the configuration and their names on stdin. Prints the result of each as
// JSON. It is a separate process since Node reads NODE_EXTRA_CA_CERTS only at its start.
import { json } from 'node:stream/consumers'
import okta from '@okta/okta-sdk-nodejs'

const { configuration, names } = await json(process.stdin)
const client = new okta.Client(configuration)

const examples = {
  async listUsers() {
    const logins = []
    const collection = await client.userApi.listUsers()
    await collection.each(user => {
      logins.push(user.profile.login)
    })
    return logins
  },
  async iterateUsers() {
    const logins = []
    const collection = await client.userApi.listUsers({ limit: 10 })
    for await (const user of collection) logins.push(user.profile.login)
    return logins
  },
  async users() {
    const newUser = {
      profile: { firstName: 'Foo', lastName: 'Bar', email: 'foo@example.com', login: 'foo@example.com' },
      credentials: { password: { value: 'PasswordAbc123' } },
    }
    const created = await client.userApi.createUser({ body: newUser })
    const byId = await client.userApi.getUser({ userId: created.id })
    const user = await client.userApi.getUser({ userId: 'foo@example.com' })

    user.profile.nickName = 'rob'
    const updated = await client.userApi.updateUser({ userId: user.id, user })

    await client.userApi.deactivateUser({ userId: user.id })
    const deactivated = await client.userApi.getUser({ userId: user.id })
    await client.userApi.deleteUser({ userId: user.id })
    const afterwards = await attempt(() => client.userApi.getUser({ userId: user.id }))
    return {
      created: created.status,
      sameUser: byId.id === user.id,
      nickName: updated.profile.nickName,
      deactivated: deactivated.status,
      afterwards,
    }
  },
  async search() {
    const loginsOf = async parameters => {
      const logins = []
      const collection = await client.userApi.listUsers(parameters)
      await collection.each(user => {
        logins.push(user.profile.login)
      })
      return logins
    }
    return {
      q: await loginsOf({ q: 'Grace' }),
      search: await loginsOf({ search: 'profile.nickName eq "abc 1234"' }),
      searchByName: await loginsOf({ search: 'profile.lastName eq "hopper"' }),
      filter: await loginsOf({ filter: 'lastUpdated gt "2017-06-05T23:00:00.000Z"' }),
      filterByLogin: await loginsOf({ filter: 'profile.login eq "grace.hopper@example.com"' }),
      wrongFilter: await attempt(() => loginsOf({ filter: 'profile.login is "grace"' })),
    }
  },
  async groups() {
    const group = await client.groupApi.createGroup({ group: { profile: { name: 'Admin Users Group' } } })
    const user = await client.userApi.getUser({ userId: 'grace.hopper@example.com' })
    await client.groupApi.assignUserToGroup({ groupId: group.id, userId: user.id })
    const members = []
    const collection = await client.groupApi.listGroupUsers({ groupId: group.id })
    await collection.each(member => {
      members.push(member.profile.login)
    })
    const names = []
    const groups = await client.userApi.listUserGroups({ userId: user.id })
    await groups.each(({ profile }) => {
      names.push(profile.name)
    })
    await client.groupApi.deleteGroup({ groupId: group.id })
    return { type: group.type, members, names }
  },
  async applications() {
    const application = {
      name: 'oidc_client',
      label: 'Sample Client',
      signOnMode: 'OPENID_CONNECT',
      credentials: { oauthClient: { autoKeyRotation: true, token_endpoint_auth_method: 'client_secret_post' } },
      settings: {
        oauthClient: {
          client_uri: 'https://example.com/client',
          redirect_uris: ['https://example.com/oauth2/callback'],
          response_types: ['code'],
          grant_types: ['authorization_code'],
          application_type: 'web',
        },
      },
    }
    const created = await client.applicationApi.createApplication({ application })
    const labels = []
    const apps = await client.applicationApi.listApplications({ q: 'Sample' })
    await apps.each(({ label }) => {
      labels.push(label)
    })
    const forbidden = await attempt(() => client.applicationApi.deleteApplication({ appId: created.id }))
    await client.applicationApi.deactivateApplication({ appId: created.id })
    await client.applicationApi.deleteApplication({ appId: created.id })
    return { name: created.name, status: created.status, labels, forbidden }
  },
  async logs() {
    await client.userApi.getUser({ userId: 'grace.hopper@example.com' })
    // As text: the SDK does not convert the date of the README to ISO 8601.
    const since = new Date(Date.now() - 86_400_000).toISOString()
    const collection = await client.systemLogApi.listLogEvents({ since })
    const types = new Set()
    await collection.each(({ eventType }) => {
      types.add(eventType)
    })
    return [...types]
  },
  async logsWithDate() {
    const collection = await client.systemLogApi.listLogEvents({ since: new Date(Date.now() - 86_400_000) })
    await collection.each(() => {})
  },
  unknownUser: () => client.userApi.getUser({ userId: 'unknown@example.com' }),
}

const results = {}
for (const name of names) results[name] = await attempt(examples[name])
process.stdout.write(JSON.stringify(results))

async function attempt(action) {
  try {
    return (await action()) ?? null
  } catch (error) {
    const { status, errorCode, errorCauses, message } = Object(error)
    return { error: { status, errorCode, errorCauses, message } }
  }
}
