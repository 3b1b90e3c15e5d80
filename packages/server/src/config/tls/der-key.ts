import { createPrivateKey, type KeyObject } from 'node:crypto'

/** The private key in DER, whatever its format is; `undefined` for other bytes. */
export function privateKeyInDer(bytes: Buffer): KeyObject | 'encrypted' | undefined {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return createPrivateKey({ key: bytes, format: 'der', type })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE') return 'encrypted'
    }
  }
  return undefined
}
