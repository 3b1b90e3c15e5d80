import { Headers } from 'undici/lib/web/fetch/headers.js'
import { fetch } from 'undici/lib/web/fetch/index.js'
import { Request } from 'undici/lib/web/fetch/request.js'
import { Response } from 'undici/lib/web/fetch/response.js'

/**
 * Has this process send requests by its own copy of what Node's `fetch` is made of. Node loads its one as a whole, with web
 * sockets and all that this program has no use for, which takes as long as Node's start. This one comes compiled, with the
 * rest of the program.
 */
export function useOwnFetch(): void {
  Object.assign(globalThis, { fetch, Headers, Request, Response })
}
