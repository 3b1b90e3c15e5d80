// Reads the directory with Okta's SDK, in a process of its own, since NODE_EXTRA_CA_CERTS is read when Node starts. Its input
// is a list of configurations; it prints the list of what a client of each has read.
import { json } from 'node:stream/consumers'
import okta from '@okta/okta-sdk-nodejs'

const outcomes = []
for (const configuration of await json(process.stdin)) outcomes.push(await readDirectory(configuration))
process.stdout.write(JSON.stringify(outcomes))

async function readDirectory(configuration) {
  try {
    const logins = []
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
