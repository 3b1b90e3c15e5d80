import { IncomingMessage } from 'node:http'

/**
 * Creates a copy of a request with a new form as its body, since the original body has been read. The Authorization,
 * DPoP and Origin headers are removed: the emulator has handled them.
 */
export function replayRequest(original: IncomingMessage, form: URLSearchParams): IncomingMessage {
  const body = Buffer.from(form.toString())
  const copy = new IncomingMessage(original.socket)
  const {
    authorization: _authorization,
    dpop: _dpop,
    origin: _origin,
    'transfer-encoding': _encoding,
    ...headers
  } = original.headers
  copy.method = original.method ?? 'POST'
  copy.url = original.url ?? '/'
  copy.httpVersion = original.httpVersion
  copy.headers = {
    ...headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  }
  copy.complete = true
  copy.push(body)
  copy.push(null)
  return copy
}
