import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { badgateway, msal, oktaSdk, openidClient, ours, type Peer, plainOauth } from '../peers/peers.js'
import type { Row, Work } from '../row.js'

const run = promisify(execFile)

/** The time to import a library. Code that is loaded later counts in {@link coldFirstToken}. */
export const coldImport: Row = {
  name: 'Import of the library in a new process',
  ours: ours.packageName,
  // It does the same job, with the same two libraries.
  reference: openidClient.packageName,
  budget: 1.1,
  against: 'peer',
  pairs: 15,
  async prepare() {
    return {
      ours: () => importing(ours),
      reference: () => importing(openidClient),
      others: [plainOauth, badgateway, msal, oktaSdk].map(peer => ({
        what: peer.packageName,
        run: () => importing(peer),
      })),
      async close() {},
    }
  },
}

// Without the start of Node, which is the same for all.
async function importing({ packageName }: Peer): Promise<Work> {
  const program = `const start = performance.now(); await import('${packageName}'); console.log(performance.now() - start)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
  })
  return { amount: Number(stdout) }
}
