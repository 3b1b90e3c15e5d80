export type { ClientKeyAlgorithm, ClientKeySource, ClientSigner } from '../keys/client-key.js'
export { decrypt, type EncryptedText, encrypt } from '../keys/encryption.js'
export {
  type ClientKeyOptions,
  type ClientKeyType,
  clientKeyTypes,
  type GeneratedClientKey,
  generateClientKey,
  saveClientKey,
} from '../keys/generate-client-key.js'
export { described } from '../safe-text.js'
