/**
 * For a process that ends soon after its requests, before the first of them. Node 20 compiles what reads the answers of
 * `fetch`, which is WebAssembly, a second time as soon as it is in use, and does not end before that is done: 0.1 to 0.2 s
 * after the last word.
 */
export function expectRequests(): void {
  if (Number.parseInt(process.versions.node, 10) >= 22) return
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up']) setFlagsFromString(flag)
  // What is kept of compiled code at the end is for programs with the flags that were there at the start.
  process.prependOnceListener('exit', () => {
    for (const flag of ['--wasm-dynamic-tiering', '--wasm-tier-up']) setFlagsFromString(flag)
  })
}
