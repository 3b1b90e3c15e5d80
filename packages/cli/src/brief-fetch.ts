import { defaultFetch } from '@connect-okta/core'

const flags = ['wasm-dynamic-tiering', 'wasm-tier-up']
let isBrief = false

/**
 * The default `fetch`, for a process that ends soon after it. After the first response, Node 20 compiles its HTTP parser
 * (WebAssembly) a second time in the background, and does not exit before that is done: 0.2 s for each new token. Delete
 * this file with the support of Node 20; later versions do not wait. Nothing of `fetch`, such as `Headers`, may be used before.
 */
export const briefFetch: typeof globalThis.fetch = (input, init) => {
  if (!isBrief && Number.parseInt(process.versions.node, 10) < 22) compileOnce()
  return defaultFetch(input, init)
}

function compileOnce(): void {
  isBrief = true
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of flags) setFlagsFromString(`--no-${flag}`)
}
