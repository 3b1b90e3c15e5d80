import { type InstalledPackage, install } from '../installed-package.js'
import { badgateway, msal, oktaSdk, openidClient, ours, plainOauth } from '../peers/peers.js'
import type { Row, Work } from '../row.js'

/** The download size of the package, without dependencies. */
export const packedSize = rowFor('packed size of the package', 'MB', ({ packedBytes }) => packedBytes / 1e6)

/** The size of `node_modules`. */
export const installedSize = rowFor('size on disk, with dependencies', 'MB', ({ unpackedBytes }) => unpackedBytes / 1e6)

/** The number of other packages in `node_modules`. */
export const dependencies = rowFor('number of dependencies', 'packages', ({ dependencies }) => dependencies)

// The three rows share the installations.
const installed = new Map<string, Promise<InstalledPackage>>()

function rowFor(what: string, unit: string, pick: (installed: InstalledPackage) => number): Row {
  const amountOf = async (packageName: string, additional: readonly string[] = []): Promise<Work> => {
    const key = [packageName, ...additional].join(' ')
    if (!installed.has(key)) installed.set(key, install(packageName, additional))
    return { amount: pick((await installed.get(key)) as InstalledPackage) }
  }
  const run = (packageName: string, additional?: readonly string[]) => () => amountOf(packageName, additional)
  return {
    name: `Install: ${what}`,
    ours: ours.packageName,
    reference: openidClient.packageName,
    unit,
    against: 'peer',
    pairs: 1,
    isExact: true,
    isLong: true,
    needs: 'npm',
    async prepare() {
      const peers = [plainOauth, badgateway, msal, oktaSdk]
      return {
        ours: run(ours.packageName),
        reference: run(openidClient.packageName),
        others: [
          {
            what: 'with redis and the keyring',
            isOurs: true,
            run: run(ours.packageName, ['redis', '@napi-rs/keyring']),
          },
          ...peers.map(({ packageName }) => ({ what: packageName, run: run(packageName) })),
        ],
        async close() {},
      }
    },
  }
}
