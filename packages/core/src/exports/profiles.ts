export { parseBroker } from '../config/broker.js'
export { dpopModes, selectableGrants } from '../config/connect-options.js'
export { isHeadless } from '../config/is-headless.js'
export { nearest } from '../config/nearest.js'
export { oktaScopes } from '../config/okta-scopes.js'
export { parseList } from '../config/parse-list.js'
export { parseYaml } from '../config/parse-yaml.js'
export { connectOptionsOf, type SecretOptions } from '../config/profiles/connect-options-of.js'
export {
  type Profile,
  type ProfileField,
  type ProfileFieldKind,
  profileFields,
  profileName,
  profilesSchema,
} from '../config/profiles/profile-format.js'
export {
  listProfiles,
  type NamedProfile,
  removeProfile,
  saveProfile,
  setDefaultProfile,
} from '../config/profiles/profiles.js'
export { readSecret, secretPathIn } from '../config/profiles/read-secret.js'
export { readSettings } from '../config/profiles/read-settings.js'
export type { KeyReference, ResolvedSettings, SecretReference, Settings } from '../config/profiles/settings.js'
export {
  type CommandReference,
  isSignerReference,
  parseSignerReference,
  type SignerReference,
} from '../config/profiles/signer-reference.js'
export { requireConnectOptions } from '../config/require-connect-options.js'
export { isScopeToken } from '../config/scope-token.js'
export { parseTenant } from '../config/tenant.js'
export { currentEnvironment, type Environment, expandHome } from '../environment.js'
export { decodeText } from '../files/decode-text.js'
export { hasPlaceholder, isPlaceholder } from '../placeholder.js'
export { unquoted } from '../unquoted.js'
