import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'

const error = {
  errorCode: 'E0000001',
  errorSummary: 'Api validation failed: user',
  errorId: 'oae-of-this-error',
  errorCauses: [{ errorSummary: 'login: must be an email address' }, { errorSummary: 'email: is missing' }],
}

// What the paths return: a status, a content type, and the content.
const contents = {
  '/api/v1/users/me': [200, 'application/json', '{}'],
  '/bytes': [200, 'application/octet-stream', Buffer.from([...Array(256).keys()])],
  '/text': [200, 'text/plain', 'plain text'],
  '/numbers': [200, 'application/json', '{"precise":9007199254740993,"half":1.5,"whole":3}'],
  '/time': [200, 'application/json', '{"at":"2026-01-02T03:04:05.678Z","profile":{"at":"2026-01-02T03:04:05.678Z"}}'],
  '/invalid': [400, 'application/json', JSON.stringify(error)],
}

/** Starts an org that accepts every API token and returns the requests that it receives, and returns its URL. */
export async function startEchoServer() {
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const { method, url, headers } = request
    const echo = { method, url, contentType: headers['content-type'], language: headers['accept-language'] }
    const echoed = JSON.stringify({ ...echo, body: String(body), bytes: [...body] })
    const [status, type, content] = contents[url] ?? [200, 'application/json', echoed]
    response.writeHead(status, { 'content-type': type, 'x-okta-request-id': 'a-request' }).end(content)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${server.address().port}`
}
