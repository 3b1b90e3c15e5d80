import { defaultFetch } from '@connect-okta/core'

const flags = ['wasm-dynamic-tiering', 'wasm-tier-up']
let isBrief = false

/**
 * As the `fetch` that is used by default, for a process that ends soon after. Node 20 compiles what reads the answers, which
 * is WebAssembly, a second time as soon as it is in use, and does not end before that is done: 0.1 to 0.2 s after the last
 * word. Where something of `fetch` is used before this is called, such as `Headers`, it comes too late.
 */
export const briefFetch: typeof globalThis.fetch = (input, init) => {
  if (!isBrief && Number.parseInt(process.versions.node, 10) < 22) compileOnce()
  return defaultFetch(input, init)
}

function compileOnce(): void {
  isBrief = true
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of flags) setFlagsFromString(`--no-${flag}`)
  // What is kept of compiled code at the end is for programs with the flags that were there at the start.
  process.prependOnceListener('exit', () => {
    for (const flag of flags) setFlagsFromString(`--${flag}`)
  })
}
