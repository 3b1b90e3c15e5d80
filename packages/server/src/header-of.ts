import type { AppContext } from './app-env.js'

type Read = 'authorization' | 'content-length' | 'content-type' | 'host' | 'transfer-encoding'

/** A header of a request, as Node has parsed it already: other ways of asking make an object of all of them first. */
export function headerOf(c: AppContext, name: Read): string | undefined {
  const { incoming } = c.env ?? {}
  return incoming === undefined ? c.req.header(name) : incoming.headers[name]
}
