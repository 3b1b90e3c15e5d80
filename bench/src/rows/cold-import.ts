import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { badgateway, byHand, msal, oktaSdk, openidClient, ours, type Peer } from '../peers/peers.js'
import type { Row, Work } from '../row.js'

const run = promisify(execFile)

/** What a program waits for before its first line. What is loaded later is in {@link coldFirstToken}. */
export const coldImport: Row = {
  name: 'Importing the library into a fresh process',
  ours: ours.packageName,
  // The same job, on the same two libraries below it.
  reference: openidClient.packageName,
  budget: 1.1,
  against: 'peer',
  pairs: 15,
  async prepare() {
    return {
      ours: () => importing(ours),
      reference: () => importing(openidClient),
      others: [byHand, badgateway, msal, oktaSdk].map(peer => ({
        what: peer.packageName,
        run: () => importing(peer),
      })),
      async close() {},
    }
  },
}

// The start of Node itself, which is the same for all, is left out.
async function importing({ packageName }: Peer): Promise<Work> {
  const program = `const start = performance.now(); await import('${packageName}'); console.log(performance.now() - start)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
  })
  return { amount: Number(stdout) }
}
