import { IncomingMessage } from 'node:http'

/**
 * A request like the one given, but with a body to be read (again): the form that our checks read, with the client's
 * credentials replaced by those oidc-provider knows. Authorization and DPoP headers stay behind: they are judged.
 */
export function replayRequest(original: IncomingMessage, form: URLSearchParams): IncomingMessage {
  const body = Buffer.from(form.toString())
  const again = new IncomingMessage(original.socket)
  const { authorization: _authorization, dpop: _dpop, 'transfer-encoding': _encoding, ...headers } = original.headers
  again.method = original.method ?? 'POST'
  again.url = original.url ?? '/'
  again.httpVersion = original.httpVersion
  again.headers = {
    ...headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  }
  again.complete = true
  again.push(body)
  again.push(null)
  return again
}
