/** What the global `fetch` accepts as its first argument. */
export type RequestInput = string | URL | Request

/** Returns the path or the URL of a request. */
export function targetOf(input: RequestInput): string | URL {
  return isRequest(input) ? input.url : input
}

/**
 * Returns the options of a request, as the global `fetch` reads them: both arguments can be a `Request`, and the second one has priority.
 *
 * The members of a `Request` are getters, so a copy of it has no method and no body. Its body is read into memory, because a request may
 * have to be sent again, with another token or DPoP proof.
 */
export async function initOf(input: RequestInput, init: RequestInit = {}): Promise<RequestInit> {
  const given = isRequest(init) ? await membersOf(init) : init
  if (!isRequest(input)) return given
  const { body, ...members } = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...(await membersOf(input, body)), ...members }
}

async function membersOf(request: Request, otherBody?: RequestInit['body']): Promise<RequestInit> {
  const { method, headers, signal } = request
  const body = otherBody ?? (request.body === null ? undefined : new Uint8Array(await request.arrayBuffer()))
  return { method, headers, signal, ...(body !== undefined && { body }) }
}

// Not instanceof: a library can have a class of its own.
function isRequest(value: unknown): value is Request {
  return typeof value === 'object' && value !== null && 'url' in value && 'arrayBuffer' in value
}
