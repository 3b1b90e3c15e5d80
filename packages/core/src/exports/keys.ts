export type { ClientKeyAlgorithm } from '../keys/algorithms.js'
export { type ClientKeyInput, type ClientKeySource, checkClientKey } from '../keys/client-key.js'
export { decrypt, type EncryptedText, encrypt } from '../keys/encryption.js'
export {
  type ClientKeyOptions,
  type ClientKeyType,
  clientKeyTypes,
  type GeneratedClientKey,
  generateClientKey,
  saveClientKey,
} from '../keys/generate-client-key.js'
export type { ManagedKeyInfo, ManagedKeyState, ManagedKeys, PublicJwk } from '../keys/managed/managed-keys.js'
export { keyTextFrom } from '../keys/reader/der.js'
export { type ClientSigner, publicJwkOf, type SignOptions } from '../keys/signers/client-signer.js'
export { type CommandInput, commandInputs } from '../keys/signers/command/command-inputs.js'
export { type CommandSignerOptions, commandSigner } from '../keys/signers/command/command-signer.js'
export type { PublicClientJwk } from '../keys/signers/public-jwk.js'
export { type SignatureFormat, signatureFormats } from '../keys/signers/signature-format.js'
export { type SshAgentOptions, sshAgentSigner } from '../keys/signers/ssh-agent/ssh-agent-signer.js'
export { type ManagedKeysOptions, openManagedKeys } from '../oauth/managed-keys/open-managed-keys.js'
export { described, quoted } from '../safe-text.js'
export { type ManagedKeyStore, openManagedKeyStore } from '../stores/managed-keys/managed-key-store.js'
