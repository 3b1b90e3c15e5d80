export { type Profile, profilesSchema } from '../config/profiles/profile-format.js'
export {
  connectOptionsOf,
  listProfiles,
  type NamedProfile,
  readSettings,
  removeProfile,
  saveProfile,
  setDefaultProfile,
} from '../config/profiles/profiles.js'
export type { ResolvedSettings, SecretReference, Settings } from '../config/profiles/settings.js'
export { parseTenant } from '../config/tenant.js'
export type { Surroundings } from '../environment.js'
