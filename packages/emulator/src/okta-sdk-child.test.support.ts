import okta from '@okta/okta-sdk-nodejs'

// Runs apart, since NODE_EXTRA_CA_CERTS is read when Node starts. Its argument is the configuration of the SDK's client.
const client = new okta.Client(JSON.parse(process.argv[2] ?? '{}'))
try {
  const logins: string[] = []
  const users = await client.userApi.listUsers({ limit: 10 })
  await users.each(user => {
    logins.push(String(user?.profile?.login))
  })
  process.stdout.write(JSON.stringify({ logins }))
} catch (error) {
  const { status, errorCode, errorSummary, message } = Object(error)
  process.stdout.write(JSON.stringify({ error: { status, errorCode, errorSummary, message } }))
}
