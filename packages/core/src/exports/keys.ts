export type { ClientKeyAlgorithm, ClientKeySource, ClientSigner } from '../keys/client-key.js'
export {
  type ClientKeyOptions,
  type ClientKeyType,
  clientKeyTypes,
  type GeneratedClientKey,
  generateClientKey,
  saveClientKey,
} from '../keys/generate-client-key.js'
export { described } from '../safe-text.js'
