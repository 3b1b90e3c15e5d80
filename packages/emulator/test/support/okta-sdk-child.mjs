// Reads the directory with Okta's SDK, once for each configuration in the JSON array on stdin, and prints the results. It is a
// separate process since Node reads NODE_EXTRA_CA_CERTS only at its start.
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
