// A program that `exec` runs. It calls the API as a tool does with the same variables, and prints what it received as JSON.
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

const { env } = process

// https://github.com/okta/terraform-provider-okta: the client for Go sends absolute URLs to the proxy, without their port.
function asTerraform() {
  const proxy = new URL(env.OKTA_HTTP_PROXY)
  return {
    proxy,
    url: `http://${proxy.hostname}/api/v1/users?limit=2`,
    authorization: `Bearer ${env.OKTA_ACCESS_TOKEN}`,
  }
}
function asGo() {
  const proxy = new URL(`http://${env.OKTA_CLIENT_PROXY_HOST}:${env.OKTA_CLIENT_PROXY_PORT}`)
  const authorization = `${env.OKTA_CLIENT_AUTHORIZATIONMODE} ${env.OKTA_CLIENT_TOKEN}`
  return { proxy, url: `${env.OKTA_CLIENT_ORGURL}/api/v1/users?limit=2`, authorization }
}
function asDotnet() {
  const proxy = new URL(env.OKTA_CLIENT_OKTADOMAIN)
  return { proxy, url: '/api/v1/users?limit=2', authorization: `Bearer ${env.OKTA_CLIENT_ACCESSTOKEN}` }
}
function withToken() {
  return { proxy: new URL(process.argv[3]), url: '/api/v1/users?limit=2', authorization: `Bearer ${env.TOKEN}` }
}

const { proxy, url, authorization } = { terraform: asTerraform, go: asGo, dotnet: asDotnet, token: withToken }[
  process.argv[2]
]()
const outgoing = request({ host: proxy.hostname, port: proxy.port, path: url, headers: { authorization } })
outgoing.on('response', async response => {
  const { statusCode: status, headers } = response
  process.stdout.write(JSON.stringify({ status, link: headers.link, users: JSON.parse(await text(response)).length }))
})
outgoing.end()
