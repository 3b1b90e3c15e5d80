import okta from '@okta/okta-sdk-nodejs'

// Runs apart, since NODE_EXTRA_CA_CERTS is read when Node starts. Its argument is a list of configurations; it reads the
// directory by a client of each, one after the other.
const outcomes: unknown[] = []
for (const configuration of JSON.parse(process.argv[2] ?? '[]')) outcomes.push(await readDirectory(configuration))
process.stdout.write(JSON.stringify(outcomes))

async function readDirectory(configuration: object): Promise<object> {
  try {
    const logins: string[] = []
    const users = await new okta.Client(configuration).userApi.listUsers({ limit: 10 })
    await users.each(user => {
      logins.push(String(user?.profile?.login))
    })
    return { logins }
  } catch (error) {
    const { status, errorCode, message } = Object(error)
    return { error: { status, errorCode, message } }
  }
}
